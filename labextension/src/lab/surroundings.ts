import type { INotebookTracker } from '@jupyterlab/notebook';
import type { Words } from '../view/words';
import { offerSurroundings } from '../view/surroundings';
import { labHost } from './host';
import type { Lines } from './lines';

/** Lets chats below cells use the renderers, the language and the cells of the notebook that they stand in. */
export function surroundChats(tracker: INotebookTracker, lines: Lines, words: Words): void {
  offerSurroundings(node => {
    const panel = tracker.find(one => one.node.contains(node));
    return panel ? { host: labHost(panel, panel.content.rendermime, words), texts: lines.texts } : null;
  });
}
