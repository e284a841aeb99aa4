import { element } from '../view/elements';
import type { GrowingTexts } from '../view/growing';
import type { Host, Mounted } from '../view/host';
import type { Display } from '../view/messages';
import { Blocks, StreamingText } from '../view/streaming';
import { isGrowing, keyOf, MIME, structureOf, wordsOf } from '../view/structure';
import { wordsFor } from './languages';
import { cleanNodes, latexNodes, markdownNodes } from './markdown';

const COLOURS = /\u001b\[[0-9;]*m/g;

/** Renders displays where no application does: in VS Code, Colab, Voilà; in the language of the browser. */
export function plainHost(texts: GrowingTexts): Host {
  return {
    words: wordsFor(navigator.language),
    mount: (display, parent) =>
      display.data && MIME in display.data
        ? new Segment(display, parent, texts)
        : new OutputNode(display, parent)
  };
}

/** One of our displays: its words, live while they grow. */
class Segment implements Mounted, Blocks<HTMLElement> {
  constructor(display: Display, parent: HTMLElement, texts: GrowingTexts) {
    this._texts = texts;
    this._node = element('div', { class: 'segment' });
    parent.append(this._node);
    this.update(display);
  }

  update(display: Display): void {
    const { data, metadata } = display;
    const structure = structureOf(data);
    const key = keyOf(data, metadata);
    this._node.dataset.kind = structure.kind ?? '';
    this._node.dataset.status = structure.status ?? '';
    this._unwatch();
    if (isGrowing(data)) {
      this._unwatch = this._texts.watch(key, text => this._text.grow(text));
      this._text.grow(this._texts.get(key) ?? wordsOf(data));
    } else {
      this._texts.finish(key);
      void this._text.finish(wordsOf(data));
    }
  }

  async render(source: string): Promise<HTMLElement> {
    const block = document.createElement('div');
    block.className = 'jp-RenderedHTMLCommon jp-RenderedMarkdown';
    block.append(markdownNodes(source));
    return block;
  }

  insert(place: number, block: HTMLElement): void {
    this._node.insertBefore(block, this._node.children[place] ?? null);
  }

  remove(block: HTMLElement): void {
    block.remove();
  }

  dispose(): void {
    this._unwatch();
    this._text.dispose();
    this._node.remove();
  }

  private readonly _texts: GrowingTexts;
  private readonly _node: HTMLElement;
  private readonly _text = new StreamingText<HTMLElement>(this);
  private _unwatch: () => void = () => undefined;
}

/** An output of a tool, in the best of its forms that this page can show. */
class OutputNode implements Mounted {
  constructor(display: Display, parent: HTMLElement) {
    this._node = document.createElement('div');
    parent.append(this._node);
    this.update(display);
  }

  update(display: Display): void {
    const data = display.data ?? {};
    const mime = FORMS.find(([name]) => name in data);
    this._node.replaceChildren();
    if (mime) {
      const [name, render] = mime;
      const given = data[name];
      this._node.append(render(Array.isArray(given) ? given.join('') : String(given)));
    }
  }

  dispose(): void {
    this._node.remove();
  }

  private readonly _node: HTMLElement;
}

type Render = (source: string) => HTMLElement;

const FORMS: ReadonlyArray<readonly [string, Render]> = [
  ['text/html', source => html(cleanNodes(source))],
  ['text/markdown', source => html(markdownNodes(source))],
  ['text/latex', source => html(latexNodes(source))],
  ['image/png', source => picture('image/png', source)],
  ['image/jpeg', source => picture('image/jpeg', source)],
  ['application/vnd.jupyter.stdout', source => printed(source)],
  ['application/vnd.jupyter.stderr', source => printed(source)],
  ['text/plain', source => printed(source)]
];

function html(clean: DocumentFragment): HTMLElement {
  const node = document.createElement('div');
  node.className = 'jp-RenderedHTMLCommon';
  node.append(clean);
  return node;
}

function printed(source: string): HTMLElement {
  return element('pre', { class: 'output' }, source.replace(COLOURS, ''));
}

function picture(mime: string, data: string): HTMLElement {
  const image = document.createElement('img');
  image.src = `data:${mime};base64,${data.replace(/\s/g, '')}`;
  image.alt = '';
  return image;
}
