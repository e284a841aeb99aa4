import type { JupyterFrontEnd } from '@jupyterlab/application';
import type { INotebookTracker, NotebookPanel } from '@jupyterlab/notebook';
import type { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import type { IRenderMime } from '@jupyterlab/rendermime-interfaces';
import type { Message } from '@lumino/messaging';
import { Panel, Widget } from '@lumino/widgets';
import { button, element } from '../view/elements';
import type { Words } from '../view/words';
import { isPrompt } from './highlighting';
import type { Preferences } from './preferences';

/** The error itself, which JupyterLab puts beside its traceback and shows nowhere. */
const ERROR = 'application/vnd.jupyter.error';
const TRACEBACK = 'application/vnd.jupyter.stderr';

/** Puts a button below every error of a notebook's cell that has it explained and fixed. */
export function offerFixes(
  app: JupyterFrontEnd,
  tracker: INotebookTracker,
  rendermime: IRenderMimeRegistry,
  preferences: Preferences,
  words: Words
): void {
  const base = rendermime.getFactory(TRACEBACK);
  if (!base) {
    return;
  }
  const factory: IRenderMime.IRendererFactory = {
    safe: true,
    mimeTypes: [ERROR],
    createRenderer: options => {
      const offer = new FixOffer(tracker, preferences, words, cell => {
        void app.commands.execute('assistant-magic:fix-error', { cell });
      });
      return new ErrorRenderer(base.createRenderer({ ...options, mimeType: TRACEBACK }), offer);
    }
  };
  rendermime.addFactory(factory, 0);
}

/** An error as the notebook shows it, with an offer below. */
class ErrorRenderer extends Panel implements IRenderMime.IRenderer {
  constructor(traceback: IRenderMime.IRenderer, offer: Widget) {
    super();
    this._traceback = traceback;
    this.addWidget(traceback);
    this.addWidget(offer);
  }

  renderModel(model: IRenderMime.IMimeModel): Promise<void> {
    return this._traceback.renderModel(model);
  }

  private readonly _traceback: IRenderMime.IRenderer;
}

/** The button; it stays away where there is no cell that could be fixed. */
class FixOffer extends Widget {
  constructor(
    tracker: INotebookTracker,
    preferences: Preferences,
    words: Words,
    fix: (cell: string) => void
  ) {
    const press = () => fix(cellAround(tracker, this.node) ?? '');
    super({ node: element('div', { class: 'offer' }, button(words('Explain and fix'), press)) });
    this._tracker = tracker;
    this._preferences = preferences;
    this.hide();
    preferences.changed.connect(this._refresh, this);
  }

  protected onAfterAttach(message: Message): void {
    super.onAfterAttach(message);
    this._refresh();
  }

  private _refresh(): void {
    const isWanted = this._preferences.now.explainErrors;
    this.setHidden(!isWanted || cellAround(this._tracker, this.node) === null);
  }

  private readonly _tracker: INotebookTracker;
  private readonly _preferences: Preferences;
}

/** Id of the code cell in whose outputs a node stands; null elsewhere, as in consoles and below prompts. */
function cellAround(tracker: INotebookTracker, node: HTMLElement): string | null {
  const holder = node.closest('.jp-CodeCell');
  const notebook = holder && tracker.find((panel: NotebookPanel) => panel.content.node.contains(holder));
  const cell = notebook?.content.widgets.find(one => one.node === holder);
  return cell && !isPrompt(cell) ? cell.model.id : null;
}
