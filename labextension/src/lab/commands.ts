import type { JupyterFrontEnd } from '@jupyterlab/application';
import type { ICommandPalette } from '@jupyterlab/apputils';
import type { CodeCell } from '@jupyterlab/cells';
import type { INotebookTracker } from '@jupyterlab/notebook';
import type { ChatView } from '../view/chat';
import type { Words } from '../view/words';
import type { AssistantPanel } from './panel';
import { errorIn, fenced } from './sources';

/** What can be done from the palette, menus and the keyboard. */
export class Commands {
  constructor(app: JupyterFrontEnd, tracker: INotebookTracker, panel: AssistantPanel, words: Words) {
    this._app = app;
    this._tracker = tracker;
    this._panel = panel;
    this._words = words;
    const { commands } = app;
    const isEnabled = () => tracker.currentWidget !== null;
    commands.addCommand('assistant-magic:show', {
      label: words('Show the Assistant'),
      execute: async () => void (await this._chat())
    });
    commands.addCommand('assistant-magic:ask-selection', {
      label: words('Ask about the Selection'),
      caption: words('Ask the assistant about the selected code, or the whole cell'),
      isEnabled,
      execute: () => this._askSelection()
    });
    commands.addCommand('assistant-magic:fix-error', {
      label: words('Explain and Fix This Error'),
      isEnabled: () => this._error() !== null,
      isVisible: () => this._error() !== null,
      execute: () => this._fixError()
    });
    commands.addCommand('assistant-magic:new-thread', {
      label: words('New Thread'),
      isEnabled,
      execute: async () => (await this._chat())?.newThread()
    });
    commands.addCommand('assistant-magic:stop', {
      label: words('Stop the Answer'),
      isEnabled,
      execute: async () => (await this._chat())?.stop()
    });
  }

  addTo(palette: ICommandPalette): void {
    for (const command of ['show', 'ask-selection', 'fix-error', 'new-thread', 'stop']) {
      palette.addItem({ command: `assistant-magic:${command}`, category: this._words('Assistant') });
    }
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

  private _error(): string | null {
    const cell = this._tracker.activeCell;
    return cell?.model.type === 'code' ? errorIn(cell as CodeCell) : null;
  }

  private async _fixError(): Promise<void> {
    const error = this._error();
    const source = this._tracker.activeCell?.model.sharedModel.getSource() ?? '';
    if (error !== null) {
      const question = this._words('Explain this error and say how to fix it.');
      (await this._chat())?.ask(`${question}\n\n${fenced(source, 'python')}\n\n${fenced(error, 'text')}`);
    }
  }

  private readonly _app: JupyterFrontEnd;
  private readonly _tracker: INotebookTracker;
  private readonly _panel: AssistantPanel;
  private readonly _words: Words;
}
