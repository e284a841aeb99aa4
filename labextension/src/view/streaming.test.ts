import { describe, expect, it, vi } from 'vitest';
import { StreamingText } from './streaming';

/** A page of words: each block is an object of its own. */
class Shown {
  readonly blocks: { source: string }[] = [];
  rendered = 0;

  async render(source: string): Promise<{ source: string }> {
    this.rendered++;
    return { source };
  }

  insert(place: number, block: { source: string }): void {
    this.blocks.splice(place, 0, block);
  }

  remove(block: { source: string }): void {
    this.blocks.splice(this.blocks.indexOf(block), 1);
  }

  get text(): string {
    return this.blocks.map(block => block.source).join('\n');
  }
}

describe('StreamingText', () => {
  it('shows the first words at once and renders only blocks that changed', async () => {
    const shown = new Shown();
    const text = new StreamingText(shown);
    text.grow('One.\n\nTw');
    await vi.waitFor(() => expect(shown.text).toBe('One.\n\nTw'));
    const [one] = shown.blocks;
    text.grow('One.\n\nTwo.');
    await vi.waitFor(() => expect(shown.text).toBe('One.\n\nTwo.'));
    expect(shown.blocks[0]).toBe(one);
    expect(shown.rendered).toBe(3);
  });

  it('does not wait for its pace when the final text comes', async () => {
    const shown = new Shown();
    const text = new StreamingText(shown);
    text.grow('One.');
    await vi.waitFor(() => expect(shown.text).toBe('One.'));
    await text.finish('One.\n\nTwo.');
    await vi.waitFor(() => expect(shown.text).toBe('One.\n\nTwo.'), { interval: 1, timeout: 40 });
  });

  it('shows the whole in the place of its blocks when they do not stand alone', async () => {
    const shown = new Shown();
    const text = new StreamingText(shown);
    text.grow('See [it].\n\nMore.');
    await vi.waitFor(() => expect(shown.blocks).toHaveLength(2));
    await text.finish('See [it].\n\n[it]: https://a.example');
    await vi.waitFor(() => expect(shown.blocks).toHaveLength(1));
  });
});
