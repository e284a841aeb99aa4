import type { CodeCell } from '@jupyterlab/cells';
import type { IOutput } from '@jupyterlab/nbformat';
import type { Display } from '../view/messages';
import type { NotebookLine } from './line';

const STREAM = /^application\/vnd\.jupyter\.(stdout|stderr)$/;

/**
 * Completes cells whose run went on while the page was reloaded.
 *
 * What a kernel displays for a cell that ran before the reload reaches no cell; when such a run has ended, its cell is
 * given what the thread holds.
 */
export function healCells(line: NotebookLine): void {
  const cells = new Set<string>();
  line.said.connect((_, message) => {
    if (message.type === 'running') {
      cells.add(message.cell);
      line.send({ type: 'follow' });
    } else if (message.type === 'ended' && cells.size) {
      line.send({ type: 'follow' });
    } else if (message.type === 'transcript') {
      for (const exchange of message.exchanges ?? []) {
        if (exchange.cell && exchange.status !== 'in_progress' && cells.delete(exchange.cell)) {
          fill(line, exchange.cell, exchange.displays ?? []);
        }
      }
    }
  });
}

function fill(line: NotebookLine, id: string, displays: readonly Display[]): void {
  const cell = line.panel.content.widgets.find(one => one.model.id === id);
  if (cell?.model.type === 'code') {
    (cell as CodeCell).model.outputs.fromJSON(displays.map(outputOf));
  }
}

function outputOf(display: Display): IOutput {
  const data = display.data ?? {};
  const stream = Object.keys(data).find(mime => STREAM.test(mime));
  if (stream) {
    const name = stream.endsWith('stdout') ? 'stdout' : 'stderr';
    return { output_type: 'stream', name, text: String(data[stream]) };
  }
  return { output_type: 'display_data', data, metadata: display.metadata ?? {} } as IOutput;
}
