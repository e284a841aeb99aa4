import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { INotebookTracker } from '@jupyterlab/notebook';
import { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import { rendererFactory } from './inline';
import { Lines } from './lines';
import { showQuestions } from './questions';
import { wordsFrom } from './translation';

const notebooks: JupyterFrontEndPlugin<void> = {
  id: '@assistant-magic/lab:notebooks',
  description: 'Answers below cells: live words, and questions as buttons.',
  autoStart: true,
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
  }
};

export default [notebooks];
