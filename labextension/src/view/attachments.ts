import { button, element } from './elements';
import type { Attachment } from './messages';
import type { Words } from './words';

/** Bytes of files that can go with one prompt: a message to a kernel has at most ten megabytes. */
const MOST = 6_000_000;

/** The files that go with the next prompt: chosen, dropped or pasted. */
export class Attachments {
  constructor(words: Words, complain: (text: string) => void) {
    this._words = words;
    this._complain = complain;
    this.node = element('ul', { class: 'attachments', label: words('Attached files') });
    this._input = element('input', { label: words('Attach files') });
    this._input.type = 'file';
    this._input.multiple = true;
    this._input.hidden = true;
    this._input.addEventListener('change', () => {
      void this.add(this._input.files ?? []);
      this._input.value = '';
    });
    this.button = button('+', () => this._input.click(), {
      class: 'quiet attach',
      label: words('Attach files'),
      title: words('Attach files; they can be dropped or pasted here too')
    });
    this._show();
  }

  readonly node: HTMLElement;
  readonly button: HTMLButtonElement;

  /** Read files and let them go along. */
  async add(files: Iterable<File>): Promise<void> {
    for (const file of files) {
      const before = this._files.reduce((sum, one) => sum + ((one.data ?? '').length * 3) / 4, 0);
      if (before + file.size > MOST) {
        this._complain(this._words('%1 is too large. Save it beside the notebook and name it in your question.', file.name));
        return;
      }
      this._files.push({ type: 'attachment', name: file.name, media_type: file.type, data: await base64(file) });
    }
    this._show();
  }

  /** What was attached; from now on nothing is. */
  take(): Attachment[] {
    const files = this._files.splice(0);
    this._show();
    return files;
  }

  private _show(): void {
    this.node.replaceChildren(...this._files.map(file => this._entry(file)));
    this.node.hidden = !this._files.length;
  }

  private _entry(file: Attachment): HTMLElement {
    const remove = () => {
      this._files.splice(this._files.indexOf(file), 1);
      this._show();
    };
    const label = this._words('Remove %1', file.name);
    return chip(file, button('×', remove, { class: 'quiet', label }));
  }

  private readonly _words: Words;
  private readonly _complain: (text: string) => void;
  private readonly _input: HTMLInputElement;
  private readonly _files: Attachment[] = [];
}

/** A file or picture by its name, and how it looks. */
export function chip(file: Attachment, ...more: HTMLElement[]): HTMLElement {
  const node = element('li', { class: 'chip' }, element('span', {}, file.name), ...more);
  if (file.data && /^image\/(png|jpeg|gif|webp)$/.test(file.media_type ?? '')) {
    const picture = document.createElement('img');
    picture.src = `data:${file.media_type};base64,${file.data}`;
    picture.alt = '';
    node.prepend(picture);
  }
  return node;
}

function base64(file: File): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(String(reader.result).replace(/^[^,]*,/, ''));
    reader.onerror = () => reject(reader.error ?? new Error(file.name));
    reader.readAsDataURL(file);
  });
}
