/** Translates a text; `%1` in it stands for the first argument. */
export type Words = (text: string, ...args: string[]) => string;

/** English, for a host without a translator. */
export const english: Words = (text, ...args) =>
  text.replace(/%(\d)/g, (mark, number) => args[Number(number) - 1] ?? mark);
