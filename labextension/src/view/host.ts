import type { Display } from './messages';
import type { Words } from './words';

/** A display that stands on the page. */
export interface Mounted {
  update(display: Display): void;
  dispose(): void;
}

/** A cell of the notebook around a view, as the page shows it. */
export interface NotebookCell {
  /** Its number on the page, if it ran there, now or earlier. */
  readonly number: number | null;
  readonly source: string;
  readonly isCode: boolean;
}

/** What the view needs of the application around it. */
export interface Host {
  readonly words: Words;
  /** Renders a display at the end of `parent`, which is in the document. */
  mount(display: Display, parent: HTMLElement): Mounted;
  /** Puts code into new cells below the active one; absent where there is no notebook to write to. */
  insertCells?(sources: string[]): void;
  /** The cells of the notebook, in its order; absent where there is none. */
  cells?(): NotebookCell[];
}
