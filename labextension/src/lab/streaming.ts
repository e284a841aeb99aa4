import { IRenderMimeRegistry, MimeModel } from '@jupyterlab/rendermime';
import type { IRenderMime } from '@jupyterlab/rendermime-interfaces';
import { Panel, PanelLayout } from '@lumino/widgets';
import { keepSame } from '../view/keeping';
import { Blocks, StreamingText } from '../view/streaming';

const MARKDOWN = 'text/markdown';

/** Markdown that grows, rendered by the notebook's own renderer. */
export class StreamingMarkdown extends Panel implements Blocks<IRenderMime.IRenderer> {
  constructor(rendermime: IRenderMimeRegistry) {
    super();
    this._rendermime = rendermime;
    this.addClass('jp-AssistantMagic-words');
  }

  /** Show `text` soon, as the state of something that still grows. */
  grow(text: string): void {
    this._text.grow(text);
  }

  /** Show the final text. */
  async finish(text: string): Promise<void> {
    await this._text.finish(text);
  }

  dispose(): void {
    this._text.dispose();
    super.dispose();
  }

  async render(source: string): Promise<IRenderMime.IRenderer> {
    const renderer = this._rendermime.createRenderer(MARKDOWN);
    // Never trusted: the words come from a model.
    await renderer.renderModel(new MimeModel({ data: { [MARKDOWN]: source }, trusted: false }));
    this._rendered.set(renderer, renderer.node.cloneNode(true) as HTMLElement);
    return renderer;
  }

  insert(place: number, block: IRenderMime.IRenderer, old?: IRenderMime.IRenderer): void {
    const was = old && this._rendered.get(old);
    if (was) {
      keepSame(old.node, was, block.node);
    }
    (this.layout as PanelLayout).insertWidget(place, block);
  }

  remove(block: IRenderMime.IRenderer): void {
    block.dispose();
  }

  private readonly _rendered = new WeakMap<IRenderMime.IRenderer, HTMLElement>();
  private readonly _rendermime: IRenderMimeRegistry;
  private readonly _text = new StreamingText(this);
}
