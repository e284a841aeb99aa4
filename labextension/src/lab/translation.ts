import type { ITranslator } from '@jupyterlab/translation';
import type { Words } from '../view/words';

/** The words of this extension in the language that the person has chosen. */
export function wordsFrom(translator: ITranslator): Words {
  const bundle = translator.load('assistant_magic');
  return (text, ...args) => bundle.__(text, ...args);
}
