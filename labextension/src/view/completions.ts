import { element } from './elements';
import type { Offer } from './messages';
import type { Words } from './words';

/** What can be completed: text for the box, or something that is taken beside it. */
export type Entry = Pick<Offer, 'text' | 'about' | 'replaces'> & { take?: () => void };

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
  show(entries: readonly Entry[]): void {
    this._entries = entries;
    this.node.replaceChildren(...entries.map((entry, place) => this._item(entry, place)));
    this.node.hidden = !entries.length;
    this._box.setAttribute('aria-expanded', String(entries.length > 0));
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
      this._choose((this._chosen + steps[event.key] + this._entries.length) % this._entries.length);
    } else if (event.key === 'Enter' || event.key === 'Tab') {
      this._accept(this._entries[this._chosen]);
    } else if (event.key === 'Escape') {
      this.hide();
    } else {
      return false;
    }
    event.preventDefault();
    event.stopPropagation();
    return true;
  }

  private _item(entry: Entry, place: number): HTMLElement {
    const about = element('span', { class: 'about' }, entry.about ?? '');
    const item = element('li', { role: 'option' }, element('span', {}, entry.text), about);
    item.id = `${this.node.id}-${place}`;
    // On the way down, before the box loses the focus.
    item.addEventListener('pointerdown', event => {
      event.preventDefault();
      this._accept(entry);
    });
    return item;
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

  private _accept(entry: Entry): void {
    const end = this._box.selectionStart;
    this._box.setRangeText(entry.take ? '' : `${entry.text} `, end - (entry.replaces ?? 0), end, 'end');
    this.hide();
    entry.take?.();
  }

  private readonly _box: HTMLTextAreaElement;
  private _entries: readonly Entry[] = [];
  private _chosen = 0;
}
