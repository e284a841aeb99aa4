import { describe, expect, it } from 'vitest';
import { splitBlocks, standAlone } from './blocks';
import { pythonBlocks } from './fences';

const TEXT = 'One\n\n```python\na = 1\n\nb = 2\n```\n\n$$\nx\n\ny\n$$\n\n~~~~text\n~~~\n\nno\n~~~~\nend';

describe('splitBlocks', () => {
  it('cuts at blank lines, but not inside code and formulas', () => {
    expect(splitBlocks(TEXT).map(block => block.trim())).toEqual([
      'One',
      '```python\na = 1\n\nb = 2\n```',
      '$$\nx\n\ny\n$$',
      '~~~~text\n~~~\n\nno\n~~~~\nend'
    ]);
  });

  it('never changes a block that is followed by another one while the text grows', () => {
    let before: string[] = [];
    for (let length = 1; length <= TEXT.length; length++) {
      const now = splitBlocks(TEXT.slice(0, length));
      const settled = before.slice(0, Math.max(0, before.length - 1));
      expect(now.slice(0, settled.length)).toEqual(settled);
      before = now;
    }
  });
});

describe('standAlone', () => {
  it('knows blocks that mean something else together', () => {
    const alone = (text: string) => standAlone(splitBlocks(text));
    expect(alone('Words.\n\n- one\n- two\n\n$$\nx\n$$\n\nMore.')).toBe(true);
    expect(alone('- one\n\n- two')).toBe(false);
    expect(alone('1. one\n\n   more of it')).toBe(false);
    expect(alone('See [it].\n\n[it]: https://a.example')).toBe(false);
    expect(alone('<details><summary>Why</summary>\n\nSo.\n\n</details>')).toBe(false);
  });
});

describe('pythonBlocks', () => {
  it('gives the code of Python fences and of those without a language', () => {
    const markdown = '```python\na\n```\n```text\nno\n```\n```\nb\n```\n````py\n```\nc\n```\n````';
    expect(pythonBlocks(markdown)).toEqual(['a', 'b', '```\nc\n```']);
  });
});
