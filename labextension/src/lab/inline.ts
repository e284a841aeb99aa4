import { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import type { IRenderMime } from '@jupyterlab/rendermime-interfaces';
import { Panel } from '@lumino/widgets';
import type { GrowingTexts } from '../view/growing';
import { isGrowing, keyOf, MIME, structureOf, wordsOf } from '../view/structure';
import { StreamingMarkdown } from './streaming';

/** Shows one of our outputs: its words by the notebook's own Markdown renderer, live while they grow. */
export class SegmentRenderer extends Panel implements IRenderMime.IRenderer {
  constructor(rendermime: IRenderMimeRegistry, texts: GrowingTexts) {
    super();
    this._texts = texts;
    this._words = new StreamingMarkdown(rendermime);
    this.addClass('jp-AssistantMagic-segment');
    this.addWidget(this._words);
  }

  async renderModel(model: IRenderMime.IMimeModel): Promise<void> {
    const data = model.data as Record<string, unknown>;
    const structure = structureOf(data);
    const key = keyOf(data, model.metadata as Record<string, unknown>);
    this.node.dataset.kind = structure.kind ?? '';
    this.node.dataset.status = structure.status ?? '';
    this._unwatch();
    if (isGrowing(data)) {
      this._unwatch = this._texts.watch(key, text => this._words.grow(text));
      this._words.grow(this._texts.get(key) ?? wordsOf(data));
      return;
    }
    this._texts.finish(key);
    await this._words.finish(wordsOf(data));
  }

  dispose(): void {
    this._unwatch();
    super.dispose();
  }

  private readonly _texts: GrowingTexts;
  private readonly _words: StreamingMarkdown;
  private _unwatch: () => void = () => undefined;
}

/** Makes renderers for the rendermime registry of the application and of every notebook. */
export function rendererFactory(
  rendermime: IRenderMimeRegistry,
  texts: GrowingTexts
): IRenderMime.IRendererFactory {
  return {
    safe: true,
    mimeTypes: [MIME],
    createRenderer: () => new SegmentRenderer(rendermime, texts)
  };
}
