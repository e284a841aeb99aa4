import { Attachments } from './attachments';
import { Completions } from './completions';
import { cellEntries } from './cells';
import { button, element, fitHeight } from './elements';
import type { NotebookCell } from './host';
import type { Attachment, Offered } from './messages';
import type { Words } from './words';

/** What a composer asks of the chat around it. */
export interface Composing {
  send(text: string, files: Attachment[]): void;
  stop(): void;
  /** Ask what can stand behind `text`; the answer comes to `offer`. */
  complete(text: string): void;
  complain(text: string): void;
  /** The cells of the notebook, where there is one. */
  cells?(): readonly NotebookCell[];
}

/** The last word is a mention, `@name`, `#5` or `#load`, or an option, `--model`. */
const COMPLETABLE = /(?:^|[^\p{L}\p{N}_@#&])[@#][\p{L}\p{N}_]*$|^(?:\s*-\S+(?:\s+\S+)?)*\s*--?[\w\-]*$/u;

/** A box to write a prompt in, with files beside it and a button to send it or to stop the answer. */
export class Composer {
  constructor(words: Words, composing: Composing) {
    this._words = words;
    this._composing = composing;
    this._box = element('textarea', { class: 'box', label: words('Ask the assistant of this notebook') });
    this._box.placeholder = words('Ask the assistant of this notebook');
    this._box.rows = 2;
    this._files = new Attachments(words, text => composing.complain(text));
    this._completions = new Completions(this._box, words);
    this._sendButton = button(words('Send'), () => this._submit(), { class: 'primary' });
    this._stopButton = button(words('Stop'), () => composing.stop());
    const hint = element('span', { class: 'keys' }, words('@ variable · # cell'));
    const row = element(
      'div',
      { class: 'row' },
      this._files.button,
      hint,
      element('span', { class: 'room' }),
      this._sendButton,
      this._stopButton
    );
    this.node = element('div', { class: 'composer' }, this._completions.node, this._files.node, this._box, row);
    this._listen();
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

  /** Show what can be completed, unless the person has gone on meanwhile. */
  offer(message: Offered): void {
    if (message.text === this._before() && document.activeElement === this._box) {
      const offers = message.offers ?? [];
      const take = (file: File) => void this._files.add([file]);
      const cells = cellEntries(message.text, offers, this._composing.cells?.() ?? [], take, this._words);
      this._completions.show([...offers, ...cells]);
    }
  }

  focus(): void {
    this._box.focus();
  }

  private _listen(): void {
    this._box.addEventListener('input', () => this._onInput());
    this._box.addEventListener('keydown', event => this._onKey(event));
    this._box.addEventListener('paste', event => this._onFiles(event, event.clipboardData));
    this.node.addEventListener('drop', event => this._onFiles(event, event.dataTransfer));
    this.node.addEventListener('dragover', event => {
      if (event.dataTransfer?.types.includes('Files')) {
        event.preventDefault();
      }
    });
  }

  private _onInput(): void {
    fitHeight(this._box, 2, 12);
    const text = this._before();
    if (COMPLETABLE.test(text)) {
      this._composing.complete(text);
    } else {
      this._completions.hide();
    }
  }

  private _onFiles(event: Event, data: DataTransfer | null): void {
    // Copied words can come with a picture of them.
    if (data?.files.length && !data.types.includes('text/plain')) {
      event.preventDefault();
      event.stopPropagation();
      void this._files.add([...data.files]);
    }
  }

  private _onKey(event: KeyboardEvent): void {
    if (this._completions.takeKey(event)) {
      return;
    }
    // While a syllable is being composed, as in Korean, Enter ends the syllable.
    if (event.key === 'Enter' && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      this._submit();
    } else if (event.key === 'Escape' && this._isBusy) {
      this._composing.stop();
    }
  }

  private _before(): string {
    return this._box.value.slice(0, this._box.selectionStart);
  }

  private _submit(): void {
    const text = this._box.value.trim();
    if (text && !this._isBusy) {
      this._box.value = '';
      fitHeight(this._box, 2, 12);
      this._completions.hide();
      this._composing.send(text, this._files.take());
    }
  }

  private readonly _words: Words;
  private readonly _composing: Composing;
  private readonly _box: HTMLTextAreaElement;
  private readonly _files: Attachments;
  private readonly _completions: Completions;
  private readonly _sendButton: HTMLButtonElement;
  private readonly _stopButton: HTMLButtonElement;
  private _isBusy = false;
}
