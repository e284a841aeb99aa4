import { splitBlocks, standAlone } from './blocks';

/** Milliseconds between two paints: 20 a second. */
const PACE = 50;

/** How blocks of Markdown are rendered and put in their place. */
export interface Blocks<B> {
  render(source: string): Promise<B>;
  insert(place: number, block: B): void;
  remove(block: B): void;
}

/** Markdown that grows. Only blocks that changed are rendered again: a long answer costs as much per paint as a short one. */
export class StreamingText<B> {
  constructor(blocks: Blocks<B>) {
    this._blocks = blocks;
  }

  /** Show `text` soon, as the state of something that still grows. */
  grow(text: string): void {
    this._wanted = text;
    this._isFinal = false;
    if (!this._painting) {
      void this._paint();
    }
  }

  /** Show the final text: what stands there already stays, unless only the whole says what it means. */
  async finish(text: string): Promise<void> {
    this._wanted = text;
    this._isFinal = true;
    if (!this._painting) {
      await this._paint();
    }
  }

  dispose(): void {
    this._isDisposed = true;
  }

  private async _paint(): Promise<void> {
    this._painting = true;
    while (this._wanted !== null && !this._isDisposed) {
      const text = this._wanted;
      this._wanted = null;
      const isFinal = this._isFinal;
      const blocks = splitBlocks(text);
      const isWhole = isFinal && (!this._shown.length || !standAlone(blocks));
      await this._show(isWhole ? [text] : blocks);
      if (!isFinal) {
        await new Promise(resolve => setTimeout(resolve, PACE));
      }
    }
    this._painting = false;
  }

  private async _show(sources: string[]): Promise<void> {
    let same = 0;
    while (same < this._shown.length && this._shown[same].source === sources[same]) {
      same++;
    }
    const fresh = await Promise.all(
      sources.slice(same).map(async source => ({ source, block: await this._blocks.render(source) }))
    );
    if (this._isDisposed) {
      fresh.forEach(one => this._blocks.remove(one.block));
      return;
    }
    // In one go, so that nothing flickers between the old and the new.
    const old = this._shown.splice(same, Infinity, ...fresh);
    fresh.forEach((one, i) => this._blocks.insert(same + i, one.block));
    old.forEach(one => this._blocks.remove(one.block));
  }

  private readonly _blocks: Blocks<B>;
  private readonly _shown: { source: string; block: B }[] = [];
  private _wanted: string | null = null;
  private _isFinal = false;
  private _painting = false;
  private _isDisposed = false;
}
