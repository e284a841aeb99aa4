/** assistant_magic/locale/ko_KR, by an alias of the bundler; see package.json. */
declare module 'catalogue-ko' {
  const catalogue: Readonly<Record<string, unknown>>;
  export default catalogue;
}
