import { ApprovalCard } from './approval';
import { Composer } from './composer';
import { button, element } from './elements';
import { ExchangeView } from './exchange';
import { Hearing } from './hearing';
import type { Host } from './host';
import type { Asked, Attachment, Began, Exchange, FromPage, ToPage, Transcript } from './messages';

/** Pixels from the end within which a person counts as reading the newest words. */
const NEAR = 80;

/** A thread as a chat: its exchanges, open questions, and a box to go on. Everything comes from messages. */
export class ChatView {
  constructor(host: Host, send: (message: FromPage) => void) {
    this._host = host;
    this._send = send;
    this._hearing = new Hearing(send);
    const { words } = host;
    this._title = element('div', { class: 'title' });
    this._log = element('div', { class: 'log', role: 'log', label: words('Conversation') });
    this._log.setAttribute('aria-live', 'off');
    this._log.tabIndex = 0;
    this._log.addEventListener('scroll', () => this._onScroll());
    this._questions = element('div', { class: 'questions' });
    this._trouble = element('div', { class: 'trouble', role: 'alert' });
    this._news = element('div', { class: 'news', role: 'status' });
    this._composer = new Composer(words, {
      send: (text, files) => this.ask(text, files),
      stop: () => this.stop(),
      complete: text => send({ type: 'complete', text }),
      complain: text => void (this._trouble.textContent = text),
      cells: host.cells
    });
    const fresh = button(words('New thread'), () => this.newThread(), { class: 'quiet' });
    const head = element('div', { class: 'head' }, this._title, fresh);
    this.node = element(
      'div',
      { class: 'chat' },
      head,
      this._log,
      this._questions,
      this._trouble,
      this._composer.node,
      this._news
    );
    this.node.dataset.lmSuppressShortcuts = 'true';
    this._watch = new ResizeObserver(() => this._stayAtEnd());
    this._watch.observe(this._log);
  }

  readonly node: HTMLElement;

  /** Take what the kernel says; the node is in the document. */
  take(message: ToPage): void {
    this._hearing.note(message);
    switch (message.type) {
      case 'transcript':
        this._show(message);
        break;
      case 'began':
        this._begin(message);
        break;
      case 'shown':
        this._find(message.run)?.show(message.display);
        break;
      case 'ended':
        this._find(message.run)?.setStatus(message.status);
        this._setBusy(false);
        break;
      case 'asked':
        this._question(message);
        break;
      case 'settled':
        this._settle([...this._cards.keys()].filter(id => id !== message.call_id));
        break;
      case 'offered':
        this._composer.offer(message);
        break;
      case 'trouble':
        this._trouble.textContent = message.text;
        this._setBusy(false);
        break;
      default:
        break;
    }
  }

  /** Put text into the box, for the person to go on. */
  write(text: string): void {
    this._composer.write(text);
  }

  /** Ask at once, or leave the prompt in the box while another is being answered. */
  ask(text: string, attachments: Attachment[] = []): void {
    if (this._isBusy) {
      this.write(text);
      return;
    }
    this._trouble.textContent = '';
    this._isAtEnd = true;
    this._send(attachments.length ? { type: 'ask', text, attachments } : { type: 'ask', text });
  }

  stop(): void {
    this._send({ type: 'stop' });
  }

  newThread(): void {
    this._trouble.textContent = '';
    this._send({ type: 'new_thread' });
  }

  focus(): void {
    this._composer.focus();
  }

  dispose(): void {
    this._watch.disconnect();
    this._hearing.dispose();
    this._exchanges.forEach(one => one.dispose());
    this.node.remove();
  }

  private _show(transcript: Transcript): void {
    const { words } = this._host;
    const title = element('div', { class: 'thread', title: transcript.thread });
    title.textContent = transcript.title || words('New thread');
    this._title.replaceChildren(title, element('div', { class: 'model' }, transcript.model ?? ''));
    const exchanges = transcript.exchanges ?? [];
    let same = 0;
    while (same < exchanges.length && this._exchanges[same]?.become(exchanges[same])) {
      same++;
    }
    this._cut(same);
    exchanges.slice(same).forEach(exchange => this._append(exchange));
    this._settle(transcript.open ?? []);
    this._earlier(transcript.earlier ?? 0, exchanges.length);
    this._setBusy(Boolean(transcript.running));
    this._stayAtEnd();
  }

  private _earlier(count: number, shown: number): void {
    const { words } = this._host;
    const lines: Record<string, string> = {
      // As an argument: some translators have a meaning of their own for two of these signs.
      empty: words('Ask a question here or in a cell that starts with %1: it is one conversation.', '%%assistant'),
      earlier: words('%1 earlier answers are not shown.', String(count))
    };
    const line = count ? lines.earlier : shown ? '' : lines.empty;
    this._log.querySelector('.jp-AssistantMagic-hint')?.remove();
    if (line) {
      this._log.prepend(element('div', { class: 'hint' }, line));
    }
  }

  private _begin(message: Began): void {
    if (!this._exchanges.length && this._title.firstChild) {
      // An unnamed thread is called by its first prompt.
      this._title.firstChild.textContent = message.exchange.prompt;
    }
    const before = this._exchanges.findIndex(one => one.run === message.after);
    this._cut(before + 1);
    this._log.querySelector('.jp-AssistantMagic-hint')?.remove();
    this._append(message.exchange);
    this._setBusy(true);
    this._stayAtEnd();
  }

  private _append(exchange: Exchange): void {
    const view = new ExchangeView(exchange, this._host, this._send);
    this._exchanges.push(view);
    this._log.append(view.node);
    this._watch.observe(view.node);
    view.attach();
  }

  private _cut(length: number): void {
    this._exchanges.splice(length).forEach(one => {
      this._watch.unobserve(one.node);
      one.dispose();
    });
  }

  private _find(run: string): ExchangeView | undefined {
    return this._exchanges.find(one => one.run === run);
  }

  private _question(question: Asked): void {
    if (!this._cards.has(question.call_id)) {
      const card = new ApprovalCard(question, this._host.words, choice => this._send(choice));
      this._cards.set(question.call_id, card);
      this._questions.append(card.node);
      this._news.textContent = this._host.words('The assistant asks whether code may run.');
    }
  }

  /** Takes away the questions that are no longer open. */
  private _settle(open: readonly string[]): void {
    for (const [id, card] of this._cards) {
      if (!open.includes(id)) {
        card.node.remove();
        this._cards.delete(id);
      }
    }
  }

  private _setBusy(isBusy: boolean): void {
    const { words } = this._host;
    if (isBusy !== this._isBusy) {
      this._news.textContent = isBusy ? words('The assistant is answering.') : words('The answer is complete.');
    }
    this._isBusy = isBusy;
    this._composer.setBusy(isBusy);
    this._hearing.expect(isBusy);
  }

  private _stayAtEnd(): void {
    if (this._isAtEnd) {
      this._log.scrollTop = this._log.scrollHeight;
    }
  }

  private _onScroll(): void {
    const { scrollHeight, scrollTop, clientHeight } = this._log;
    const isNear = scrollHeight - scrollTop - clientHeight < NEAR;
    // Growing text moves the end away as well; only going up means reading something older.
    this._isAtEnd = isNear || (this._isAtEnd && scrollTop >= this._top);
    this._top = scrollTop;
  }

  private readonly _host: Host;
  private readonly _send: (message: FromPage) => void;
  private readonly _hearing: Hearing;
  private readonly _title: HTMLElement;
  private readonly _log: HTMLElement;
  private readonly _questions: HTMLElement;
  private readonly _trouble: HTMLElement;
  private readonly _news: HTMLElement;
  private readonly _composer: Composer;
  private readonly _watch: ResizeObserver;
  private readonly _exchanges: ExchangeView[] = [];
  private readonly _cards = new Map<string, ApprovalCard>();
  private _isBusy = false;
  private _isAtEnd = true;
  private _top = 0;
}
