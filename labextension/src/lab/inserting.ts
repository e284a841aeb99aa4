import type { Cell } from '@jupyterlab/cells';
import type { NotebookPanel } from '@jupyterlab/notebook';
import type { Part } from './answers';
import type { NotebookLine } from './line';

/** Make code cells of what the kernel sends for that, as `%assistant cells` does. */
export function insertWhenTold(line: NotebookLine): void {
  line.said.connect((_, message) => {
    if (message.type === 'insert') {
      const { activeCell, widgets } = line.panel.content;
      const below = widgets.find(cell => cell.model.id === message.cell) ?? activeCell;
      insertBelow(
        line.panel,
        below,
        message.sources.map(source => ({ type: 'code', source }))
      );
    }
  });
}

/** Insert cells below one of them, to be undone in one step, and go to the first. */
export function insertBelow(panel: NotebookPanel, cell: Cell | null, parts: Part[]): void {
  const notebook = panel.content;
  const index = (cell ? notebook.widgets.indexOf(cell) : -1) + 1;
  notebook.model?.sharedModel.insertCells(
    index,
    parts.map(({ type, source }) => ({ cell_type: type, source, metadata: {} }))
  );
  if (parts.length) {
    notebook.activeCellIndex = index;
    void notebook.scrollToItem(index);
  }
}
