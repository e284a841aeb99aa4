import type { INotebookTracker, NotebookPanel } from '@jupyterlab/notebook';
import type { IRenderMime } from '@jupyterlab/rendermime-interfaces';
import type { Message } from '@lumino/messaging';
import { Panel } from '@lumino/widgets';

/** What the output of a chat below a cell is called. */
const CHAT = 'application/vnd.assistant-magic.chat.v1+json';
const WIDGET = 'application/vnd.jupyter.widget-view+json';
const WORDS = 'text/markdown';

/** Shows a chat below a cell while its kernel has it, and otherwise the words that are saved for it. */
class ChatRenderer extends Panel implements IRenderMime.IRenderer {
  constructor(tracker: INotebookTracker) {
    super();
    this._tracker = tracker;
  }

  async renderModel(model: IRenderMime.IMimeModel): Promise<void> {
    this._model = model;
    await this._show();
  }

  protected onAfterAttach(message: Message): void {
    super.onAfterAttach(message);
    this._panel ??= this._tracker.find(panel => panel.node.contains(this.node));
    this._panel?.sessionContext.statusChanged.connect(this._onStatus, this);
    // A page that is opened anew shows its cells before it has found the kernel.
    this._panel?.sessionContext.connectionStatusChanged.connect(this._onConnection, this);
    void this._show();
  }

  protected onBeforeDetach(message: Message): void {
    this._panel?.sessionContext.statusChanged.disconnect(this._onStatus, this);
    this._panel?.sessionContext.connectionStatusChanged.disconnect(this._onConnection, this);
    super.onBeforeDetach(message);
  }

  private _onStatus(_: unknown, status: string): void {
    if (status === 'restarting' || status === 'autorestarting' || status === 'dead') {
      void this._render(WORDS);
    }
  }

  private _onConnection(_: unknown, status: string): void {
    if (status === 'connected') {
      void this._show();
    }
  }

  private async _show(): Promise<void> {
    const kernel = this._panel?.sessionContext.session?.kernel;
    const { model } = (this._model?.data[CHAT] ?? {}) as { model?: string };
    if (!this._panel || !this._model || !model) {
      return;
    }
    if (!this._model.trusted || !kernel) {
      await this._render(WORDS);
    } else if (kernel.hasComm(model)) {
      await this._render(WIDGET);
    } else {
      await this._render(WORDS);
      // After a reload of the page the kernel may still have it.
      const { content } = await kernel.requestCommInfo({ target_name: 'jupyter.widget' });
      if ('comms' in content && model in content.comms) {
        await this._render(WIDGET);
      }
    }
  }

  private async _render(mime: string): Promise<void> {
    if (mime !== this._mime && this._panel && this._model && !this.isDisposed) {
      this._mime = mime;
      [...this.widgets].forEach(widget => widget.dispose());
      const renderer = this._panel.content.rendermime.createRenderer(mime);
      this.addWidget(renderer);
      await renderer.renderModel(this._model);
    }
  }

  private readonly _tracker: INotebookTracker;
  private _panel: NotebookPanel | undefined;
  private _model: IRenderMime.IMimeModel | undefined;
  private _mime = '';
}

/** Makes renderers of chats below cells; they come before the widgets' own. */
export function chatFactory(tracker: INotebookTracker): IRenderMime.IRendererFactory {
  return { safe: true, mimeTypes: [CHAT], createRenderer: () => new ChatRenderer(tracker) };
}
