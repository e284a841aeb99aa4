import { chip } from './attachments';
import { button, element, fitHeight } from './elements';
import { pythonBlocks } from './fences';
import { Folding } from './folding';
import type { Host, Mounted } from './host';
import type { Display, Exchange, FromPage } from './messages';
import { promptNodes } from './prompt';
import { structureOf, wordsOf } from './structure';

type Send = (message: FromPage) => void;

/** A prompt and its answer, with what can be done about them. */
export class ExchangeView {
  constructor(exchange: Exchange, host: Host, send: Send) {
    this._exchange = exchange;
    this._host = host;
    this._send = send;
    this._prompt = element('div', { class: 'prompt' });
    this._answer = element('div', { class: 'answer' });
    this._foot = element('div', { class: 'foot' });
    this.node = element('section', { class: 'exchange' }, this._prompt, this._answer, this._foot);
    this._showPrompt();
    this.setStatus(exchange.status ?? 'in_progress');
  }

  readonly node: HTMLElement;

  get run(): string {
    return this._exchange.run;
  }

  /** Render its displays; the node is in the document now. */
  attach(): void {
    this._exchange.displays?.forEach(display => this.show(display));
  }

  /** Show what `other` says, unless that is another exchange or another state of it. */
  become(other: Exchange): boolean {
    const { run, versions } = this._exchange;
    const isSame = run === other.run && versions?.join() === other.versions?.join();
    if (!isSame || this._status !== (other.status ?? 'in_progress')) {
      return false;
    }
    if (this._status === 'in_progress') {
      this._catchUp(other.displays ?? []);
    }
    return true;
  }

  show(display: Display): void {
    this._displays.set(display.id, display);
    const mounted = this._mounted.get(display.id);
    if (mounted) {
      mounted.update(display);
    } else {
      this._mounted.set(display.id, this._mount(display));
    }
  }

  setStatus(status: string): void {
    this._status = status;
    this.node.dataset.status = status;
    this.node.setAttribute('aria-busy', String(status === 'in_progress'));
    this._foot.replaceChildren(...(status === 'in_progress' ? [] : this._actions()));
  }

  dispose(): void {
    this._mounted.forEach(one => one.dispose());
    this._fold?.dispose();
    this.node.remove();
  }

  /** Answers stand as they are; what tools did and showed is folded when it is long. */
  private _mount(display: Display): Mounted {
    const { kind } = structureOf(display.data);
    if (kind && kind !== 'tool') {
      return this._host.mount(display, this._answer);
    }
    const fold = new Folding(this._answer, kind ?? 'output', this._host.words);
    const mounted = this._host.mount(display, fold.body);
    return {
      update: again => mounted.update(again),
      dispose: () => {
        mounted.dispose();
        fold.dispose();
      }
    };
  }

  /** Bring what grows up to date, where it stands. */
  private _catchUp(displays: readonly Display[]): void {
    const ids = displays.map(display => display.id);
    const shown = [...this._displays.keys()];
    if (shown.some((id, place) => id !== ids[place])) {
      this._mounted.forEach(one => one.dispose());
      this._mounted.clear();
      this._displays.clear();
    }
    displays.forEach(display => this.show(display));
  }

  private _showPrompt(): void {
    const { words } = this._host;
    const edit = button(words('Edit'), () => this._edit(), { class: 'quiet' });
    const files = element('ul', { class: 'attachments', label: words('Attached files') });
    files.append(...(this._exchange.attachments ?? []).map(file => chip(file)));
    files.hidden = !files.childElementCount;
    this._fold?.dispose();
    this._prompt.replaceChildren();
    this._fold = new Folding(this._prompt, 'prompt', words);
    this._fold.body.append(...promptNodes(this._exchange.prompt));
    this._prompt.append(files, element('div', { class: 'row' }, edit, ...this._switch()));
  }

  private _switch(): HTMLElement[] {
    const versions = this._exchange.versions ?? [];
    const place = versions.indexOf(this.run);
    if (versions.length < 2) {
      return [];
    }
    const { words } = this._host;
    const go = (step: number) => {
      this._send({ type: 'switch', run: versions[place + step] });
    };
    const before = button('‹', () => go(-1), { class: 'quiet', label: words('Previous version') });
    const after = button('›', () => go(1), { class: 'quiet', label: words('Next version') });
    before.disabled = place === 0;
    after.disabled = place === versions.length - 1;
    return [before, element('span', {}, `${place + 1} / ${versions.length}`), after];
  }

  private _edit(): void {
    const { words } = this._host;
    const box = element('textarea', { class: 'box', label: words('Edit the question') });
    box.value = this._exchange.prompt;
    fitHeight(box, 2, 12);
    const back = () => this._showPrompt();
    const send = () => {
      const text = box.value.trim();
      if (text) {
        back();
        this._again(text);
      }
    };
    box.addEventListener('keydown', event => {
      if (event.key === 'Escape') {
        back();
      } else if (event.key === 'Enter' && !event.shiftKey && !event.isComposing) {
        event.preventDefault();
        send();
      }
    });
    const sendButton = button(words('Send'), send, { class: 'primary' });
    const row = element('div', { class: 'row' }, sendButton, button(words('Cancel'), back));
    this._prompt.replaceChildren(box, row);
    box.focus();
  }

  private _again(text: string): void {
    this._send({ type: 'ask', text, instead_of: this.run });
  }

  private _actions(): HTMLElement[] {
    const { words, insertCells } = this._host;
    const actions = [
      button(words('Copy'), () => void navigator.clipboard.writeText(this._written('answer')), { class: 'quiet' }),
      button(words('Ask again'), () => this._again(this._exchange.prompt), { class: 'quiet' })
    ];
    if (insertCells) {
      const insert = () => {
        const sources = pythonBlocks([this._written('tool'), this._written('answer')].join('\n'));
        insertCells(sources);
      };
      actions.push(button(words('Insert code as cells'), insert, { class: 'quiet' }));
    }
    return actions;
  }

  private _written(kind: string): string {
    const displays = [...this._displays.values()];
    return displays
      .filter(display => structureOf(display.data).kind === kind)
      .map(display => wordsOf(display.data))
      .join('\n\n');
  }

  private readonly _exchange: Exchange;
  private readonly _host: Host;
  private readonly _send: Send;
  private readonly _prompt: HTMLElement;
  private readonly _answer: HTMLElement;
  private readonly _foot: HTMLElement;
  private readonly _displays = new Map<string, Display>();
  private readonly _mounted = new Map<string, Mounted>();
  private _fold: Folding | undefined;
  private _status = 'in_progress';
}
