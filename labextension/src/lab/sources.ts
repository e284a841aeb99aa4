import type { Cell, CodeCell } from '@jupyterlab/cells';
import { isPrompt } from './highlighting';

const COLOURS = /\u001b\[[0-9;]*m/g;
/** What makes a traceback as wide as a terminal: a line above it, and room behind the error's name. */
const RULE = /^-{20,}\n/gm;
const ROOM = / {3,}(?=Traceback \()/g;
/** Characters of a traceback that say enough; the end names the error. */
const LONGEST = 4000;

/** The traceback of a cell's error, without colours; null when it has none, or asks the assistant itself. */
export function errorIn(cell: Cell | null): string | null {
  if (cell?.model.type !== 'code' || isPrompt(cell)) {
    return null;
  }
  const outputs = (cell as CodeCell).outputArea.model;
  for (let i = outputs.length - 1; i >= 0; i--) {
    const output = outputs.get(i);
    if (output.type === 'error') {
      const { traceback, ename, evalue } = output.toJSON() as Record<string, unknown>;
      const lines = Array.isArray(traceback) && traceback.length ? traceback : [`${ename}: ${evalue}`];
      const text = lines.join('\n').replace(COLOURS, '').replace(RULE, '').replace(ROOM, '  ');
      return text.slice(-LONGEST);
    }
  }
  return null;
}

/** A code block that its content cannot leave. */
export function fenced(source: string, language: string): string {
  const longest = Math.max(0, ...(source.match(/`+/g) ?? []).map(run => run.length));
  const ticks = '`'.repeat(Math.max(3, longest + 1));
  return `${ticks}${language}\n${source.replace(/\n+$/, '')}\n${ticks}`;
}
