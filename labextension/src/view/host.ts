import type { Display } from './messages';
import type { Words } from './words';

/** A display that stands on the page. */
export interface Mounted {
  update(display: Display): void;
  dispose(): void;
}

/** What the view needs of the application around it. */
export interface Host {
  readonly words: Words;
  /** Renders a display at the end of `parent`, which is in the document. */
  mount(display: Display, parent: HTMLElement): Mounted;
  /** Puts code into new cells below the active one; absent where there is no notebook to write to. */
  insertCells?(sources: string[]): void;
}
