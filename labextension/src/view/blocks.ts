/** Markdown cut into its blocks: at blank lines outside fences and display formulas. */
export function splitBlocks(source: string): string[] {
  const blocks: string[] = [];
  let block: string[] = [];
  let fence = '';
  let formula = false;
  for (const line of source.split('\n')) {
    const marks = /^\s*(`{3,}|~{3,})/.exec(line)?.[1] ?? '';
    if (marks && !fence) {
      fence = marks;
    } else if (marks.startsWith(fence) && fence) {
      fence = '';
    } else if (!fence && (line.split('$$').length - 1) % 2 === 1) {
      formula = !formula;
    }
    block.push(line);
    if (!line.trim() && !fence && !formula && block.some(one => one.trim())) {
      blocks.push(block.join('\n'));
      block = [];
    }
  }
  if (block.some(one => one.trim())) {
    blocks.push(block.join('\n'));
  }
  return blocks;
}

const ITEM = /^ {0,3}([-*+]|\d+[.)])\s/;
const DEFINITION = /^ {0,3}\[[^\]]+\]:/m;
const TAG = /^ {0,3}<\/?\w/m;

/** Whether blocks mean the same each by itself: no list goes on, nothing is indented, no link or tag is used elsewhere. */
export function standAlone(blocks: string[]): boolean {
  return blocks.every((block, i) => {
    const goesOn = i > 0 && (/^\s/.test(block) || (ITEM.test(block) && ITEM.test(blocks[i - 1])));
    return !goesOn && !DEFINITION.test(block) && !TAG.test(block);
  });
}
