import { ILayoutRestorer, JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { INotebookTracker } from '@jupyterlab/notebook';
import { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import { assistantIcon } from './icon';
import { rendererFactory } from './inline';
import { ILines, Lines } from './lines';
import { AssistantPanel } from './panel';
import { showQuestions } from './questions';
import { wordsFrom } from './translation';

const notebooks: JupyterFrontEndPlugin<ILines> = {
  id: '@assistant-magic/lab:notebooks',
  description: 'Answers below cells: live words, and questions as buttons.',
  autoStart: true,
  provides: ILines,
  requires: [INotebookTracker, IRenderMimeRegistry],
  optional: [ITranslator],
  activate: (
    _app: JupyterFrontEnd,
    tracker: INotebookTracker,
    rendermime: IRenderMimeRegistry,
    translator: ITranslator | null
  ) => {
    const lines = new Lines(tracker);
    const words = wordsFrom(translator ?? nullTranslator);
    rendermime.addFactory(rendererFactory(rendermime, lines.texts), 0);
    lines.added.connect((_, line) => showQuestions(line, words));
    return lines;
  }
};

const panel: JupyterFrontEndPlugin<void> = {
  id: '@assistant-magic/lab:panel',
  description: 'The thread of the active notebook beside it.',
  autoStart: true,
  requires: [INotebookTracker, IRenderMimeRegistry, ILines],
  optional: [ITranslator, ILayoutRestorer],
  activate: (
    app: JupyterFrontEnd,
    tracker: INotebookTracker,
    rendermime: IRenderMimeRegistry,
    lines: ILines,
    translator: ITranslator | null,
    restorer: ILayoutRestorer | null
  ) => {
    const words = wordsFrom(translator ?? nullTranslator);
    const side = new AssistantPanel(tracker, lines, rendermime, words);
    side.title.icon = assistantIcon;
    side.title.caption = words('Assistant');
    app.shell.add(side, 'right', { rank: 900, type: 'Assistant' });
    restorer?.add(side, side.id);
  }
};

export default [notebooks, panel];
