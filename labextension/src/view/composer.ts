import { button, element, fitHeight } from './elements';
import type { Words } from './words';

/** A box to write a prompt in, with a button to send it or to stop the answer. */
export class Composer {
  constructor(words: Words, send: (text: string) => void, stop: () => void) {
    this._send = send;
    this._stop = stop;
    this._box = element('textarea', { class: 'box', label: words('Ask the assistant of this notebook') });
    this._box.placeholder = words('Ask the assistant of this notebook');
    this._box.rows = 2;
    this._box.addEventListener('input', () => fitHeight(this._box, 2, 12));
    this._box.addEventListener('keydown', event => this._onKey(event));
    this._sendButton = button(words('Send'), () => this._submit(), { class: 'primary' });
    this._stopButton = button(words('Stop'), () => this._stop());
    this.node = element('div', { class: 'composer' }, this._box, this._sendButton, this._stopButton);
    this.setBusy(false);
  }

  readonly node: HTMLElement;

  /** While an answer comes, it can be stopped; the next prompt can already be written. */
  setBusy(isBusy: boolean): void {
    this._isBusy = isBusy;
    this._sendButton.hidden = isBusy;
    this._stopButton.hidden = !isBusy;
  }

  /** Put text into the box, for the person to go on. */
  write(text: string): void {
    this._box.value = text;
    fitHeight(this._box, 2, 12);
    this.focus();
  }

  focus(): void {
    this._box.focus();
  }

  private _onKey(event: KeyboardEvent): void {
    // While a syllable is being composed, as in Korean, Enter ends the syllable.
    if (event.key === 'Enter' && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      this._submit();
    } else if (event.key === 'Escape' && this._isBusy) {
      this._stop();
    }
  }

  private _submit(): void {
    const text = this._box.value.trim();
    if (text && !this._isBusy) {
      this._box.value = '';
      fitHeight(this._box, 2, 12);
      this._send(text);
    }
  }

  private readonly _send: (text: string) => void;
  private readonly _stop: () => void;
  private readonly _box: HTMLTextAreaElement;
  private readonly _sendButton: HTMLButtonElement;
  private readonly _stopButton: HTMLButtonElement;
  private _isBusy = false;
}
