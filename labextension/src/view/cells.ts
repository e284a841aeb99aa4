import type { Entry } from './completions';
import type { NotebookCell } from './host';
import type { Offer } from './messages';
import type { Words } from './words';

const BEGUN = /(?:^|[^\p{L}\p{N}_@#&])#([\p{L}\p{N}_]*)$/u;
const BETWEEN_WORDS = /[^\p{L}\p{N}_]+/u;
const MOST = 12;
/** Characters of a cell's first line that tell it from others; the kernel shows as many. */
const LINE = 60;

/**
 * Entries for the cells that the kernel does not know, not run in it or words: chosen, one goes along as a file.
 *
 * `text` is what stands before the cursor, `offers` what the kernel knows.
 */
export function cellEntries(
  text: string,
  offers: readonly Offer[],
  cells: readonly NotebookCell[],
  take: (file: File) => void,
  words: Words
): Entry[] {
  const begun = BEGUN.exec(text)?.[1].toLowerCase();
  if (begun === undefined) {
    return [];
  }
  const isKnown = (cell: NotebookCell, line: string) =>
    offers.some(one => one.text === `#${cell.number}` && one.about === line);
  const fits = (cell: NotebookCell, line: string) =>
    `${cell.number ?? ''}`.startsWith(begun) ||
    line
      .toLowerCase()
      .split(BETWEEN_WORDS)
      .some(word => word.startsWith(begun));
  const entries: Entry[] = [];
  for (const cell of cells) {
    const line = cell.source.trim().split('\n')[0].slice(0, LINE);
    if (line && entries.length < MOST && fits(cell, line) && !isKnown(cell, line)) {
      const about = cell.isCode ? words('not run in this kernel') : words('text');
      const file = fileOf(cell, line);
      entries.push({ text: line, about, replaces: begun.length + 1, take: () => take(file) });
    }
  }
  return entries;
}

function fileOf(cell: NotebookCell, line: string): File {
  const name = line.replace(/[^\p{L}\p{N} ._=()+-]+/gu, ' ').trim().slice(0, 40).trim() || 'cell';
  const [ending, type] = cell.isCode ? ['py', 'text/x-python'] : ['md', 'text/markdown'];
  return new File([cell.source], `${name}.${ending}`, { type });
}
