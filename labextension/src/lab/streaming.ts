import { IRenderMimeRegistry, MimeModel } from '@jupyterlab/rendermime';
import type { IRenderMime } from '@jupyterlab/rendermime-interfaces';
import { Panel, PanelLayout } from '@lumino/widgets';
import { splitBlocks } from '../view/blocks';

const MARKDOWN = 'text/markdown';
/** Milliseconds between two paints: 20 a second. */
const PACE = 50;

interface Block {
  source: string;
  renderer: IRenderMime.IRenderer;
}

/**
 * Markdown that grows, rendered by the notebook's own renderer.
 *
 * Only blocks that changed are rendered again, so that a long answer costs as much per paint as a short one.
 */
export class StreamingMarkdown extends Panel {
  constructor(rendermime: IRenderMimeRegistry) {
    super();
    this._rendermime = rendermime;
    this.addClass('jp-AssistantMagic-words');
  }

  /** Show `text` soon, as the state of something that still grows. */
  grow(text: string): void {
    this._wanted = text;
    this._isFinal = false;
    if (!this._painting) {
      void this._paint();
    }
  }

  /** Show the final text, rendered as one piece. */
  async finish(text: string): Promise<void> {
    this._wanted = text;
    this._isFinal = true;
    if (!this._painting) {
      await this._paint();
    }
  }

  private async _paint(): Promise<void> {
    this._painting = true;
    while (this._wanted !== null && !this.isDisposed) {
      const text = this._wanted;
      this._wanted = null;
      const isFinal = this._isFinal;
      await this._show(isFinal ? [text] : splitBlocks(text));
      if (!isFinal) {
        await new Promise(resolve => setTimeout(resolve, PACE));
      }
    }
    this._painting = false;
  }

  private async _show(sources: string[]): Promise<void> {
    let same = 0;
    while (same < this._blocks.length && this._blocks[same].source === sources[same]) {
      same++;
    }
    const fresh = await Promise.all(sources.slice(same).map(source => this._render(source)));
    if (this.isDisposed) {
      fresh.forEach(block => block.renderer.dispose());
      return;
    }
    // In one go, so that nothing flickers between the old and the new.
    const old = this._blocks.splice(same, Infinity, ...fresh);
    const layout = this.layout as PanelLayout;
    fresh.forEach((block, i) => layout.insertWidget(same + i, block.renderer));
    old.forEach(block => block.renderer.dispose());
  }

  private async _render(source: string): Promise<Block> {
    const renderer = this._rendermime.createRenderer(MARKDOWN);
    // Never trusted: the words come from a model.
    await renderer.renderModel(new MimeModel({ data: { [MARKDOWN]: source }, trusted: false }));
    return { source, renderer };
  }

  private readonly _rendermime: IRenderMimeRegistry;
  private readonly _blocks: Block[] = [];
  private _wanted: string | null = null;
  private _isFinal = false;
  private _painting = false;
}
