import type { INotebookTracker, NotebookPanel } from '@jupyterlab/notebook';
import type { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import { Token } from '@lumino/coreutils';
import type { Message } from '@lumino/messaging';
import { Widget } from '@lumino/widgets';
import { ChatView } from '../view/chat';
import { button, element } from '../view/elements';
import type { ToPage } from '../view/messages';
import type { Words } from '../view/words';
import { labHost } from './host';
import type { NotebookLine } from './line';
import type { Lines } from './lines';

/** The side panel: the thread of the notebook that is active. */
export class AssistantPanel extends Widget {
  constructor(tracker: INotebookTracker, lines: Lines, rendermime: IRenderMimeRegistry, words: Words) {
    super();
    this._lines = lines;
    this._rendermime = rendermime;
    this._words = words;
    this.id = 'assistant-magic-panel';
    this.addClass('jp-AssistantMagic-panel');
    this.node.setAttribute('role', 'region');
    this.node.setAttribute('aria-label', words('Assistant'));
    this._notebook = tracker.currentWidget;
    tracker.currentChanged.connect((_, notebook) => {
      this._notebook = notebook;
      this._refresh();
    });
    lines.added.connect(() => this._refresh());
  }

  /** The chat of the active notebook, its kernel's part loaded if need be; null without a notebook. */
  async opened(): Promise<ChatView | null> {
    await this._lines.of(this._notebook)?.opened();
    this._refresh();
    return this._chat;
  }

  protected onAfterShow(message: Message): void {
    super.onAfterShow(message);
    this._refresh();
  }

  protected onAfterAttach(message: Message): void {
    super.onAfterAttach(message);
    this._refresh();
  }

  protected onActivateRequest(message: Message): void {
    super.onActivateRequest(message);
    this._chat?.focus();
  }

  /** Show what belongs to the active notebook; a panel that nobody sees follows nothing. */
  private _refresh(): void {
    const line = this._lines.of(this._notebook);
    if (!this.isVisible || (line === this._line && line?.isOpen === Boolean(this._chat) && this._isShown)) {
      return;
    }
    this._leave();
    this._isShown = true;
    this._line = line;
    line?.changed.connect(this._refresh, this);
    if (line?.isOpen) {
      this._follow(line);
    } else {
      this.node.replaceChildren(this._invitation(line));
    }
  }

  private _follow(line: NotebookLine): void {
    const host = labHost(line.panel, this._rendermime, this._words);
    this._chat = new ChatView(host, message => line.send(message));
    this.node.replaceChildren(this._chat.node);
    line.said.connect(this._take, this);
    line.send({ type: 'follow' });
  }

  private _take(_: NotebookLine, message: ToPage): void {
    this._chat?.take(message);
  }

  private _leave(): void {
    this._line?.changed.disconnect(this._refresh, this);
    this._line?.said.disconnect(this._take, this);
    this._chat?.dispose();
    this._chat = null;
  }

  private _invitation(line: NotebookLine | null): HTMLElement {
    if (!line) {
      return element('div', { class: 'hint' }, this._words('Open a notebook to talk with its assistant.'));
    }
    const trouble = element('p', { role: 'alert' });
    const start = async () => {
      const failed = await line.load();
      const cure = this._words('Install it where this kernel runs: %1', '%pip install assistant_magic');
      trouble.textContent = failed && `${failed}. ${cure}`;
    };
    const load = button(this._words('Start the assistant'), () => void start(), { class: 'primary' });
    const text = this._words("The assistant is not loaded in this notebook's kernel.");
    return element('div', { class: 'hint' }, element('p', {}, text), load, trouble);
  }

  private readonly _lines: Lines;
  private readonly _rendermime: IRenderMimeRegistry;
  private readonly _words: Words;
  private _notebook: NotebookPanel | null;
  private _line: NotebookLine | null = null;
  private _chat: ChatView | null = null;
  private _isShown = false;
}

/** The side panel, for the plugins of this extension. */
export type IPanel = AssistantPanel;
export const IPanel = new Token<IPanel>('@assistant-magic/lab:IPanel', 'The side panel of the assistant.');
