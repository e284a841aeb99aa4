import { button, element } from './elements';
import type { Words } from './words';

/** Shows the beginning of something long, and all of it when asked to. */
export class Folding {
  constructor(parent: HTMLElement, kind: string, words: Words) {
    this._words = words;
    this.body = element('div', { class: 'fold-body' });
    this._button = button('', () => this._open(!this._isOpen), { class: 'quiet' });
    this._node = element('div', { class: 'fold' }, this.body, this._button);
    this._node.dataset.kind = kind;
    parent.append(this._node);
    this._watch = new ResizeObserver(() => this._fit());
    this._watch.observe(this.body);
    this._open(false);
  }

  /** Where to put it. */
  readonly body: HTMLElement;

  dispose(): void {
    this._watch.disconnect();
    this._node.remove();
  }

  private _open(isOpen: boolean): void {
    this._isOpen = isOpen;
    this._node.dataset.open = String(isOpen);
    this._button.setAttribute('aria-expanded', String(isOpen));
    this._button.textContent = isOpen ? this._words('Show less') : this._words('Show all');
    this._fit();
  }

  private _fit(): void {
    this._button.hidden = !this._isOpen && this.body.scrollHeight <= this.body.clientHeight + 1;
    this._node.dataset.cut = String(!this._isOpen && !this._button.hidden);
  }

  private readonly _words: Words;
  private readonly _node: HTMLElement;
  private readonly _button: HTMLButtonElement;
  private readonly _watch: ResizeObserver;
  private _isOpen = false;
}
