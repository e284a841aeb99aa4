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
