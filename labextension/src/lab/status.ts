import type { INotebookTracker } from '@jupyterlab/notebook';
import { Widget } from '@lumino/widgets';
import type { ToPage, Usage } from '../view/messages';
import type { Words } from '../view/words';
import type { NotebookLine } from './line';
import type { Lines } from './lines';

interface Spent {
  model: string;
  tokens: number;
  cost: number | null;
}

/** Model, tokens and cost of the active notebook's thread, once they are known. */
export class StatusItem extends Widget {
  constructor(tracker: INotebookTracker, lines: Lines, words: Words, show: () => void) {
    super({ node: document.createElement('button') });
    this._words = words;
    this.addClass('jp-AssistantMagic-status');
    this.node.addEventListener('click', show);
    lines.added.connect((_, line) => {
      line.said.connect((sender, message) => this._take(sender, message));
    });
    const follow = () => {
      this._line = lines.of(tracker.currentWidget);
      this._paint();
    };
    tracker.currentChanged.connect(follow);
    lines.added.connect(follow);
    follow();
  }

  private _take(line: NotebookLine, message: ToPage): void {
    const before = this._spent.get(line);
    if (message.type === 'transcript') {
      this._spent.set(line, { model: message.model ?? '', ...count(message.usage) });
    } else if (message.type === 'ended' && before) {
      const { tokens, cost } = count(message.usage);
      const sum = cost === null ? before.cost : (before.cost ?? 0) + cost;
      this._spent.set(line, { ...before, tokens: before.tokens + tokens, cost: sum });
    } else {
      return;
    }
    this._paint();
  }

  private _paint(): void {
    const spent = this._line && this._spent.get(this._line);
    this.setHidden(!spent);
    if (spent) {
      const tokens = spent.tokens ? this._words('%1 tokens', spent.tokens.toLocaleString()) : '';
      const cost = spent.cost === null ? '' : `$${spent.cost.toFixed(spent.cost < 1 ? 4 : 2)}`;
      this.node.textContent = [spent.model, tokens, cost].filter(Boolean).join(' · ');
      this.node.title = this._words('Show the assistant');
    }
  }

  private readonly _words: Words;
  private readonly _spent = new WeakMap<NotebookLine, Spent>();
  private _line: NotebookLine | null = null;
}

function count(usage: Usage | undefined): { tokens: number; cost: number | null } {
  return { tokens: (usage?.input_tokens ?? 0) + (usage?.output_tokens ?? 0), cost: usage?.cost ?? null };
}
