import type { CodeCell } from '@jupyterlab/cells';
import { pythonBlocks } from '../view/fences';
import { structureOf, wordsOf } from '../view/structure';

/** A piece of a run as a cell of its own. */
export interface Part {
  type: 'markdown' | 'code';
  source: string;
}

/** What an answered cell holds, in its order: words, and the code that tools ran. */
export function partsOf(cell: CodeCell): Part[] {
  const parts: Part[] = [];
  const outputs = cell.outputArea.model;
  for (let i = 0; i < outputs.length; i++) {
    const { data } = outputs.get(i);
    const { kind } = structureOf(data);
    const last = parts.at(-1);
    if (kind === 'answer' && last?.type === 'markdown') {
      last.source += `\n\n${wordsOf(data)}`;
    } else if (kind === 'answer') {
      parts.push({ type: 'markdown', source: wordsOf(data) });
    } else if (kind === 'tool') {
      // What a tool returned stands behind its code.
      const [source] = pythonBlocks(wordsOf(data));
      parts.push(...(source ? [{ type: 'code', source } as const] : []));
    }
  }
  return parts;
}

/** The code that an answer proposes, or, where it proposes none, the code that was run for it. */
export function codeOf(cell: CodeCell): string[] {
  const parts = partsOf(cell);
  const proposed = parts.filter(part => part.type === 'markdown').flatMap(part => pythonBlocks(part.source));
  return proposed.length ? proposed : parts.filter(part => part.type === 'code').map(part => part.source);
}
