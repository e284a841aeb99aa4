/** Translates a text; `%1` in it stands for the first argument. */
export type Words = (text: string, ...args: string[]) => string;

/** A catalogue as JupyterLab reads it: each text with its translations. */
export type Catalogue = Readonly<Record<string, unknown>>;

/** Words from a catalogue, in English where it has none. */
export function wordsIn(catalogue: Catalogue): Words {
  return (text, ...args) => {
    const [translation] = (catalogue[text] as string[] | undefined) ?? [];
    return (translation || text).replace(/%(\d)/g, (mark, number) => args[Number(number) - 1] ?? mark);
  };
}

/** English, for a host without a translator. */
export const english: Words = wordsIn({});
