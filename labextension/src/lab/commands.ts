import type { JupyterFrontEnd } from '@jupyterlab/application';
import type { ICommandPalette } from '@jupyterlab/apputils';
import type { Cell, CodeCell } from '@jupyterlab/cells';
import type { INotebookTracker } from '@jupyterlab/notebook';
import type { CommandRegistry } from '@lumino/commands';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';
import type { ChatView } from '../view/chat';
import type { Words } from '../view/words';
import { codeOf, partsOf, type Part } from './answers';
import { isPrompt } from './highlighting';
import { assistantIcon } from './icon';
import { insertBelow } from './inserting';
import type { Lines } from './lines';
import type { AssistantPanel } from './panel';
import { errorIn, fenced } from './sources';

const PREFIX = 'assistant-magic:';

/** What can be done from the palette, menus and the keyboard. */
export class Commands {
  constructor(
    app: JupyterFrontEnd,
    tracker: INotebookTracker,
    lines: Lines,
    panel: AssistantPanel,
    words: Words
  ) {
    this._app = app;
    this._tracker = tracker;
    this._lines = lines;
    this._panel = panel;
    this._words = words;
    this._addQuestions();
    this._addAnswers();
    this._addThread();
  }

  /** List all of them in the palette. */
  addTo(palette: ICommandPalette): void {
    for (const command of this._names) {
      palette.addItem({ command, category: this._words('Assistant') });
    }
  }

  private _addQuestions(): void {
    const words = this._words;
    this._add('show', {
      label: words('Show the Assistant'),
      caption: words('Show the thread of this notebook beside it'),
      icon: assistantIcon,
      execute: async () => void (await this._chat())
    });
    this._add('ask-selection', {
      label: words('Ask about the Selection'),
      caption: words('Ask the assistant about the selected code, or the whole cell'),
      isEnabled: () => this._tracker.activeCell !== null,
      execute: () => this._askSelection()
    });
    this._add('fix-error', {
      label: words('Explain and Fix This Error'),
      isEnabled: args => errorIn(this._cell(args)) !== null,
      isVisible: args => errorIn(this._cell(args)) !== null,
      execute: args => this._fixError(this._cell(args))
    });
  }

  private _addAnswers(): void {
    const words = this._words;
    const isAnswered = () => this._answered() !== null;
    this._add('insert-code', {
      label: words("Insert the Answer's Code Below"),
      isEnabled: isAnswered,
      isVisible: isAnswered,
      execute: () => this._insert(cell => codeOf(cell).map(source => ({ type: 'code', source })))
    });
    this._add('insert-run', {
      label: words('Turn the Answer into Cells'),
      caption: words('Insert the words and the code of this answer as cells below'),
      isEnabled: isAnswered,
      isVisible: isAnswered,
      execute: () => this._insert(partsOf)
    });
  }

  private _addThread(): void {
    const words = this._words;
    this._add('new-thread', {
      label: words('New Thread'),
      caption: words('Start an empty thread in this notebook'),
      isEnabled: () => this._tracker.currentWidget !== null,
      execute: async () => (await this._chat())?.newThread()
    });
    this._add('stop', {
      label: words('Stop the Answer'),
      isEnabled: () => Boolean(this._line?.isOpen),
      execute: () => this._line?.send({ type: 'stop' })
    });
  }

  private _add(name: string, options: CommandRegistry.ICommandOptions): void {
    this._names.push(PREFIX + name);
    this._app.commands.addCommand(PREFIX + name, options);
  }

  private get _line() {
    return this._lines.of(this._tracker.currentWidget);
  }

  private async _chat(): Promise<ChatView | null> {
    this._app.shell.activateById(this._panel.id);
    const chat = await this._panel.opened();
    chat?.focus();
    return chat;
  }

  private async _askSelection(): Promise<void> {
    const cell = this._tracker.activeCell;
    const editor = cell?.editor;
    const source = cell?.model.sharedModel.getSource() ?? '';
    const range = editor?.getSelection();
    const selected =
      editor && range ? source.slice(editor.getOffsetAt(range.start), editor.getOffsetAt(range.end)) : '';
    (await this._chat())?.write(`${fenced(selected || source, 'python')}\n\n`);
  }

  /** The cell that a command names, or the active one. */
  private _cell(args: ReadonlyPartialJSONObject): Cell | null {
    const named = this._tracker.currentWidget?.content.widgets.find(cell => cell.model.id === args.cell);
    return named ?? this._tracker.activeCell;
  }

  private async _fixError(cell: Cell | null): Promise<void> {
    const error = errorIn(cell);
    if (cell && error !== null) {
      const source = cell.model.sharedModel.getSource();
      const question = this._words('Explain this error and say how to fix it.');
      (await this._chat())?.ask(`${question}\n\n${fenced(source, 'python')}\n\n${fenced(error, 'text')}`);
    }
  }

  /** The active cell, if it asks the assistant and has an answer. */
  private _answered(): CodeCell | null {
    const cell = this._tracker.activeCell;
    return cell && isPrompt(cell) && partsOf(cell as CodeCell).length ? (cell as CodeCell) : null;
  }

  private _insert(read: (cell: CodeCell) => Part[]): void {
    const cell = this._answered();
    if (cell && this._tracker.currentWidget) {
      insertBelow(this._tracker.currentWidget, cell, read(cell));
    }
  }

  private readonly _app: JupyterFrontEnd;
  private readonly _tracker: INotebookTracker;
  private readonly _lines: Lines;
  private readonly _panel: AssistantPanel;
  private readonly _words: Words;
  private readonly _names: string[] = [];
}
