import type { INotebookTracker, NotebookPanel } from '@jupyterlab/notebook';
import { Token } from '@lumino/coreutils';
import { ISignal, Signal } from '@lumino/signaling';
import { GrowingTexts } from '../view/growing';
import { NotebookLine } from './line';
import type { Preferences } from './preferences';

/** The lines of all notebooks on this page, and the words that grow on them. */
export class Lines {
  constructor(tracker: INotebookTracker, preferences: Preferences) {
    this._preferences = preferences;
    preferences.changed.connect(() => this._lines.forEach(line => void line.loadIfWanted()));
    tracker.widgetAdded.connect((_, panel) => this._add(panel));
    tracker.forEach(panel => this._add(panel));
  }

  readonly texts = new GrowingTexts();

  /** A notebook was opened. */
  get added(): ISignal<this, NotebookLine> {
    return this._added;
  }

  of(panel: NotebookPanel | null): NotebookLine | null {
    return (panel && this._lines.get(panel)) ?? null;
  }

  private _add(panel: NotebookPanel): void {
    const line = new NotebookLine(panel, () => this._preferences.now.loadIntoKernels);
    this._lines.set(panel, line);
    panel.disposed.connect(() => this._lines.delete(panel));
    line.said.connect((_, message) => {
      if (message.type === 'grown') {
        this.texts.take(message, key => line.send({ type: 'resend', key }));
      }
    });
    this._added.emit(line);
  }

  private readonly _preferences: Preferences;
  private readonly _lines = new Map<NotebookPanel, NotebookLine>();
  private readonly _added = new Signal<this, NotebookLine>(this);
}

/** The lines, for the plugins of this extension. */
export type ILines = Lines;
export const ILines = new Token<ILines>('@assistant-magic/lab:ILines', 'Lines to the kernels of notebooks.');
