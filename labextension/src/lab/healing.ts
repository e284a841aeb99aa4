import type { CodeCell, ICodeCellModel } from '@jupyterlab/cells';
import type { IOutput } from '@jupyterlab/nbformat';
import type { NotebookPanel } from '@jupyterlab/notebook';
import type { Display } from '../view/messages';
import { isPrompt } from './highlighting';
import type { NotebookLine } from './line';

const STREAM = /^application\/vnd\.jupyter\.(stdout|stderr)$/;

/**
 * Completes cells whose run went on while nobody had the notebook open, as during a reload of the page.
 *
 * What a kernel displays then reaches no cell. So a page that goes notes which prompts are still being answered, and
 * the next one gives their cells what the thread holds.
 */
export function healCells(line: NotebookLine): void {
  const { panel } = line;
  const cells = new Set<string>();
  const leave = () => note(panel, cells);
  window.addEventListener('pagehide', leave);
  panel.disposed.connect(() => window.removeEventListener('pagehide', leave));
  void panel.context.ready.then(() => noted(panel).forEach(id => cells.add(id)));
  line.changed.connect((_, isOpen) => {
    if (isOpen && cells.size) {
      line.send({ type: 'follow' });
    }
  });
  line.said.connect((_, message) => {
    if (message.type === 'ended' && cells.size) {
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

function keyFor(panel: NotebookPanel): string {
  return `assistant-magic:unfinished:${panel.context.path}`;
}

function note(panel: NotebookPanel, unhealed: Set<string>): void {
  const running = panel.content.widgets.filter(
    cell => isPrompt(cell) && (cell.model as ICodeCellModel).executionState === 'running'
  );
  const ids = [...unhealed, ...running.map(cell => cell.model.id)];
  if (ids.length) {
    localStorage.setItem(keyFor(panel), JSON.stringify(ids));
  }
}

function noted(panel: NotebookPanel): string[] {
  const found = localStorage.getItem(keyFor(panel));
  localStorage.removeItem(keyFor(panel));
  return found ? (JSON.parse(found) as string[]) : [];
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
