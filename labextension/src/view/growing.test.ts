import { describe, expect, it } from 'vitest';
import { GrowingTexts } from './growing';
import type { Grown } from './messages';

const grown = (seq: number, at: number, text: string): Grown => ({ type: 'grown', key: 'k', seq, at, text });

describe('GrowingTexts', () => {
  it('puts deltas together and tells who watches', () => {
    const texts = new GrowingTexts();
    const seen: string[] = [];
    const stop = texts.watch('k', text => seen.push(text));
    texts.take(grown(0, 0, 'Hel'), () => expect.unreachable());
    texts.take(grown(1, 3, 'lo'), () => expect.unreachable());
    texts.take(grown(2, 4, 'p!'), () => expect.unreachable());
    stop();
    texts.take(grown(3, 6, '!'), () => expect.unreachable());
    expect(seen).toEqual(['Hel', 'Hello', 'Hellp!']);
    expect(texts.get('k')).toBe('Hellp!!');
  });

  it('asks for the whole text when deltas are lost, and goes on from it', () => {
    const texts = new GrowingTexts();
    const asked: string[] = [];
    for (let seq = 0; seq < 70; seq++) {
      if (seq % 7 !== 6) {
        texts.take(grown(seq, seq, 'x'), key => {
          asked.push(key);
          texts.take(grown(seq, 0, 'x'.repeat(seq + 1)), () => expect.unreachable());
        });
      }
    }
    expect(asked.length).toBe(9);
    expect(texts.get('k')).toBe('x'.repeat(69));
  });

  it('ignores what it has already', () => {
    const texts = new GrowingTexts();
    texts.take(grown(0, 0, 'ab'), () => expect.unreachable());
    texts.take(grown(1, 2, 'c'), () => expect.unreachable());
    texts.take(grown(1, 2, 'c'), () => expect.unreachable());
    expect(texts.get('k')).toBe('abc');
  });
});
