import type { ICodeCellModel } from '@jupyterlab/cells';
import { NotebookActions, NotebookPanel } from '@jupyterlab/notebook';
import { IRenderMimeRegistry, MimeModel } from '@jupyterlab/rendermime';
import type { IRenderMime } from '@jupyterlab/rendermime-interfaces';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';
import { Widget } from '@lumino/widgets';
import type { Host, Mounted, NotebookCell } from '../view/host';
import type { Display } from '../view/messages';
import type { Words } from '../view/words';
import { isPrompt } from './highlighting';

/** Renders displays as the notebook does, and writes cells into it. */
export function labHost(panel: NotebookPanel, rendermime: IRenderMimeRegistry, words: Words): Host {
  return {
    words,
    mount: (display, parent) => new MountedDisplay(rendermime, display, parent),
    insertCells: sources => insertCells(panel, sources),
    cells: () => cellsOf(panel)
  };
}

/** The cells that hold the user's own code and words. */
function cellsOf(panel: NotebookPanel): NotebookCell[] {
  return panel.content.widgets
    .filter(cell => cell.model.type !== 'raw' && !isPrompt(cell))
    .map(({ model }) => ({
      number: model.type === 'code' ? (model as ICodeCellModel).executionCount : null,
      source: model.sharedModel.getSource(),
      isCode: model.type === 'code'
    }));
}

/** Put sources into new code cells below the active one, without running them. */
export function insertCells(panel: NotebookPanel, sources: string[]): void {
  for (const source of sources) {
    NotebookActions.insertBelow(panel.content);
    panel.content.activeCell?.model.sharedModel.setSource(source);
  }
}

class MountedDisplay implements Mounted {
  constructor(rendermime: IRenderMimeRegistry, display: Display, parent: HTMLElement) {
    this._rendermime = rendermime;
    this._node = document.createElement('div');
    parent.append(this._node);
    this.update(display);
  }

  update(display: Display): void {
    const data = (display.data ?? {}) as ReadonlyPartialJSONObject;
    const metadata = (display.metadata ?? {}) as ReadonlyPartialJSONObject;
    // Never trusted: models and tools wrote it.
    const model = new MimeModel({ data, metadata, trusted: false });
    const mime = this._rendermime.preferredMimeType(data, 'ensure');
    if (mime && (!this._renderer || mime !== this._mime)) {
      this._renderer?.dispose();
      this._mime = mime;
      this._renderer = this._rendermime.createRenderer(mime);
      Widget.attach(this._renderer, this._node);
    }
    void this._renderer?.renderModel(model);
  }

  dispose(): void {
    this._renderer?.dispose();
    this._node.remove();
  }

  private readonly _rendermime: IRenderMimeRegistry;
  private readonly _node: HTMLElement;
  private _renderer: IRenderMime.IRenderer | null = null;
  private _mime = '';
}
