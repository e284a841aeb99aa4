/** The code of a Markdown text's fenced blocks that are Python or name no language. */
export function pythonBlocks(markdown: string): string[] {
  const found: string[] = [];
  let block: string[] | null = null;
  let marks = '';
  let wanted = false;
  for (const line of markdown.split('\n')) {
    const fence = /^ {0,3}(`{3,}|~{3,})\s*([\w+#.-]*)/.exec(line);
    if (!block && fence) {
      marks = fence[1];
      wanted = ['', 'python', 'py', 'python3', 'ipython'].includes(fence[2].toLowerCase());
      block = [];
    } else if (block && fence && fence[1].startsWith(marks) && !fence[2]) {
      if (wanted && block.some(one => one.trim())) {
        found.push(block.join('\n'));
      }
      block = null;
    } else if (block) {
      block.push(line);
    }
  }
  return found;
}
