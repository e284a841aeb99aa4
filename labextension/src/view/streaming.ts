import { splitBlocks, standAlone } from './blocks';

/** Milliseconds between two paints: 20 a second. */
const PACE = 50;
/** The same where the page has so much to do that it needs them. */
const SLOWEST = 400;
/** Milliseconds after which a paint lets the page do something else. */
const BUDGET = 12;

/** How blocks of Markdown are rendered and put in their place. */
export interface Blocks<B> {
  render(source: string): Promise<B>;
  /** Put a block in its place, where `old` stands that is removed next. */
  insert(place: number, block: B, old?: B): void;
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
    this._wake();
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
      const began = performance.now();
      await this._show(isWhole ? [text] : blocks);
      if (!isFinal) {
        await breath();
        // Two thirds of the time belong to the rest of the page.
        await this._pause(Math.min(SLOWEST, Math.max(PACE, 2 * (performance.now() - began))));
      }
    }
    this._painting = false;
  }

  private async _show(sources: string[]): Promise<void> {
    let at = 0;
    while (at < this._shown.length && this._shown[at].source === sources[at]) {
      at++;
    }
    let began = performance.now();
    for (const source of sources.slice(at)) {
      if (performance.now() - began > BUDGET) {
        await breath();
        began = performance.now();
      }
      const block = await this._blocks.render(source);
      if (this._isDisposed) {
        this._blocks.remove(block);
        return;
      }
      this._put(at++, { source, block });
    }
    this._shown.splice(sources.length).forEach(one => this._blocks.remove(one.block));
  }

  /** In one go, so that nothing flickers between the old and the new. */
  private _put(place: number, fresh: Shown<B>): void {
    const old = this._shown.splice(place, 1, fresh).at(0);
    this._blocks.insert(place, fresh.block, old?.block);
    if (old) {
      this._blocks.remove(old.block);
    }
  }

  /** Wait, unless the final text comes. */
  private async _pause(time: number): Promise<void> {
    if (!this._isFinal) {
      await new Promise<void>(resolve => {
        this._wake = resolve;
        setTimeout(resolve, time);
      });
    }
  }

  private readonly _blocks: Blocks<B>;
  private readonly _shown: Shown<B>[] = [];
  private _wanted: string | null = null;
  private _isFinal = false;
  private _painting = false;
  private _isDisposed = false;
  private _wake: () => void = () => undefined;
}

interface Shown<B> {
  source: string;
  block: B;
}

/** Resolves when the page has done what waits. */
function breath(): Promise<void> {
  return new Promise(resolve => setTimeout(resolve));
}
