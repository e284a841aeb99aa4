import korean from 'catalogue-ko';
import { Catalogue, english, Words, wordsIn } from '../view/words';

const CATALOGUES: Readonly<Record<string, Catalogue>> = { ko: korean };

/** The words of a language by its tag, such as `ko-KR`; English where we do not speak it. */
export function wordsFor(language: string): Words {
  const catalogue = CATALOGUES[language.split('-')[0]];
  return catalogue ? wordsIn(catalogue) : english;
}
