import type { Cell } from '@jupyterlab/cells';
import type { Notebook, NotebookPanel } from '@jupyterlab/notebook';

const MAGIC = /^\s*%%assistant\b/;
/** Markdown with formulas, as JupyterLab calls it. */
const MARKDOWN = 'text/x-ipythongfm';

/** Shows cells that start with `%%assistant` as the Markdown they are, for as long as they do. */
export function highlightPrompts(panel: NotebookPanel): void {
  const notebook = panel.content;
  const seen = new WeakSet<Cell>();
  const scan = () => {
    for (const cell of notebook.widgets) {
      if (!seen.has(cell)) {
        seen.add(cell);
        cell.model.contentChanged.connect(() => highlight(cell, notebook));
        cell.model.mimeTypeChanged.connect(() => highlight(cell, notebook));
      }
      highlight(cell, notebook);
    }
  };
  void panel.context.ready.then(scan);
  notebook.modelContentChanged.connect(scan);
}

function highlight(cell: Cell, notebook: Notebook): void {
  if (cell.model.type !== 'code' || cell.isDisposed) {
    return;
  }
  const wanted = isPrompt(cell) ? MARKDOWN : notebook.codeMimetype;
  if (cell.model.mimeType !== wanted) {
    cell.model.mimeType = wanted;
  }
}

/** Whether a cell asks the assistant. */
export function isPrompt(cell: Cell): boolean {
  return cell.model.type === 'code' && MAGIC.test(cell.model.sharedModel.getSource().slice(0, 100));
}
