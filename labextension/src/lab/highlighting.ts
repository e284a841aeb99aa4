import type { Cell } from '@jupyterlab/cells';
import type { Notebook, NotebookPanel } from '@jupyterlab/notebook';
import type { Preferences } from './preferences';

const MAGIC = /^\s*%%assistant\b/;
/** Markdown with formulas, as JupyterLab calls it. */
const MARKDOWN = 'text/x-ipythongfm';

/** Shows cells that start with `%%assistant` as the Markdown they are, for as long as they do and a person wants it. */
export function highlightPrompts(panel: NotebookPanel, preferences: Preferences): void {
  const notebook = panel.content;
  const seen = new WeakSet<Cell>();
  const scan = () => {
    for (const cell of notebook.widgets) {
      if (!seen.has(cell)) {
        seen.add(cell);
        cell.model.contentChanged.connect(() => highlight(cell, notebook, preferences));
        cell.model.mimeTypeChanged.connect(() => highlight(cell, notebook, preferences));
      }
      highlight(cell, notebook, preferences);
    }
  };
  void panel.context.ready.then(scan);
  notebook.modelContentChanged.connect(scan);
  preferences.changed.connect(scan);
  panel.disposed.connect(() => preferences.changed.disconnect(scan));
}

function highlight(cell: Cell, notebook: Notebook, preferences: Preferences): void {
  if (cell.model.type !== 'code' || cell.isDisposed) {
    return;
  }
  const wanted = preferences.now.highlightPrompts && isPrompt(cell) ? MARKDOWN : notebook.codeMimetype;
  if (cell.model.mimeType !== wanted) {
    cell.model.mimeType = wanted;
  }
}

/** Whether a cell asks the assistant. */
export function isPrompt(cell: Cell): boolean {
  return cell.model.type === 'code' && MAGIC.test(cell.model.sharedModel.getSource().slice(0, 100));
}
