import { ILayoutRestorer, JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ICommandPalette } from '@jupyterlab/apputils';
import { INotebookTracker } from '@jupyterlab/notebook';
import { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import { ISettingRegistry } from '@jupyterlab/settingregistry';
import { IStatusBar } from '@jupyterlab/statusbar';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import { chatFactory } from './chats';
import { Commands } from './commands';
import { offerFixes } from './errors';
import { healCells } from './healing';
import { highlightPrompts } from './highlighting';
import { assistantIcon } from './icon';
import { rendererFactory } from './inline';
import { insertWhenTold } from './inserting';
import { ILines, Lines } from './lines';
import { AssistantPanel, IPanel } from './panel';
import { Preferences } from './preferences';
import { showQuestions } from './questions';
import { StatusItem } from './status';
import { surroundChats } from './surroundings';
import { wordsFrom } from './translation';

const notebooks: JupyterFrontEndPlugin<ILines> = {
  id: '@assistant-magic/lab:notebooks',
  description: 'Answers below cells: live words, and questions as buttons.',
  autoStart: true,
  provides: ILines,
  requires: [INotebookTracker, IRenderMimeRegistry],
  optional: [ITranslator, ISettingRegistry],
  activate: (
    app: JupyterFrontEnd,
    tracker: INotebookTracker,
    rendermime: IRenderMimeRegistry,
    translator: ITranslator | null,
    settings: ISettingRegistry | null
  ) => {
    const words = wordsFrom(translator ?? nullTranslator);
    const preferences = new Preferences();
    if (settings) {
      void preferences.follow(settings, notebooks.id, words);
    }
    const lines = new Lines(tracker, preferences);
    offerFixes(app, tracker, rendermime, preferences, words);
    rendermime.addFactory(rendererFactory(rendermime, lines.texts), 0);
    rendermime.addFactory(chatFactory(tracker), -20);
    surroundChats(tracker, lines, words);
    lines.added.connect((_, line) => {
      showQuestions(line, words);
      highlightPrompts(line.panel, preferences);
      healCells(line);
      insertWhenTold(line);
    });
    return lines;
  }
};

const panel: JupyterFrontEndPlugin<IPanel> = {
  id: '@assistant-magic/lab:panel',
  description: 'The thread of the active notebook beside it.',
  autoStart: true,
  provides: IPanel,
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
    return side;
  }
};

const commands: JupyterFrontEndPlugin<void> = {
  id: '@assistant-magic/lab:commands',
  description: 'What the palette, menus and the keyboard offer.',
  autoStart: true,
  requires: [INotebookTracker, ILines, IPanel],
  optional: [ITranslator, ICommandPalette],
  activate: (
    app: JupyterFrontEnd,
    tracker: INotebookTracker,
    lines: ILines,
    side: IPanel,
    translator: ITranslator | null,
    palette: ICommandPalette | null
  ) => {
    const offered = new Commands(app, tracker, lines, side, wordsFrom(translator ?? nullTranslator));
    if (palette) {
      offered.addTo(palette);
    }
  }
};

const status: JupyterFrontEndPlugin<void> = {
  id: '@assistant-magic/lab:status',
  description: 'Model, tokens and cost of the thread in the status bar.',
  autoStart: true,
  requires: [INotebookTracker, ILines],
  optional: [IStatusBar, ITranslator], // Notebook 7 has no status bar
  activate: (
    app: JupyterFrontEnd,
    tracker: INotebookTracker,
    lines: ILines,
    bar: IStatusBar | null,
    translator: ITranslator | null
  ) => {
    if (!bar) {
      return;
    }
    const show = () => void app.commands.execute('assistant-magic:show');
    const item = new StatusItem(tracker, lines, wordsFrom(translator ?? nullTranslator), show);
    bar.registerStatusItem('assistant-magic:status', { item, align: 'left', rank: 20 });
  }
};

export default [notebooks, panel, commands, status];
