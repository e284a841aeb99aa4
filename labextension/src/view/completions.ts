import { element } from './elements';
import type { Offer } from './messages';
import type { Words } from './words';

let count = 0;

/** A list of what can be completed in a text box, worked by arrows, Enter and Escape while the box keeps the focus. */
export class Completions {
  constructor(box: HTMLTextAreaElement, words: Words) {
    this._box = box;
    this.node = element('ul', { class: 'completions', role: 'listbox', label: words('Completions') });
    this.node.id = `jp-AssistantMagic-completions-${++count}`;
    this.node.hidden = true;
    box.setAttribute('role', 'combobox');
    box.setAttribute('aria-autocomplete', 'list');
    box.setAttribute('aria-controls', this.node.id);
    box.addEventListener('blur', () => this.hide());
    this.hide();
  }

  readonly node: HTMLElement;

  /** Offer these for what stands before the cursor. */
  show(offers: readonly Offer[]): void {
    this._offers = offers;
    this.node.replaceChildren(...offers.map((offer, place) => this._entry(offer, place)));
    this.node.hidden = !offers.length;
    this._box.setAttribute('aria-expanded', String(offers.length > 0));
    this._choose(0);
  }

  hide(): void {
    this.show([]);
  }

  /** Take a key that belongs to the list; true when it did. */
  takeKey(event: KeyboardEvent): boolean {
    const steps: Record<string, number> = { ArrowDown: 1, ArrowUp: -1 };
    if (this.node.hidden || event.isComposing) {
      return false;
    }
    if (event.key in steps) {
      this._choose((this._chosen + steps[event.key] + this._offers.length) % this._offers.length);
    } else if (event.key === 'Enter' || event.key === 'Tab') {
      this._accept(this._offers[this._chosen]);
    } else if (event.key === 'Escape') {
      this.hide();
    } else {
      return false;
    }
    event.preventDefault();
    event.stopPropagation();
    return true;
  }

  private _entry(offer: Offer, place: number): HTMLElement {
    const about = element('span', { class: 'about' }, offer.about ?? '');
    const entry = element('li', { role: 'option' }, element('span', {}, offer.text), about);
    entry.id = `${this.node.id}-${place}`;
    // On the way down, before the box loses the focus.
    entry.addEventListener('pointerdown', event => {
      event.preventDefault();
      this._accept(offer);
    });
    return entry;
  }

  private _choose(place: number): void {
    this._chosen = place;
    [...this.node.children].forEach((entry, i) => entry.setAttribute('aria-selected', String(i === place)));
    const chosen = this.node.children[place];
    if (chosen) {
      this._box.setAttribute('aria-activedescendant', chosen.id);
      chosen.scrollIntoView?.({ block: 'nearest' });
    } else {
      this._box.removeAttribute('aria-activedescendant');
    }
  }

  private _accept(offer: Offer): void {
    const end = this._box.selectionStart;
    this._box.setRangeText(`${offer.text} `, end - (offer.replaces ?? 0), end, 'end');
    this.hide();
  }

  private readonly _box: HTMLTextAreaElement;
  private _offers: readonly Offer[] = [];
  private _chosen = 0;
}
