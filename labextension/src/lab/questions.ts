import { ApprovalCard } from '../view/approval';
import type { Asked } from '../view/messages';
import type { Words } from '../view/words';
import type { NotebookLine } from './line';

/** Shows the questions of cells below them, for as long as they are open; nothing of it is saved. */
export function showQuestions(line: NotebookLine, words: Words): void {
  const cards = new Map<string, ApprovalCard>();
  const take = (id: string) => {
    cards.get(id)?.node.remove();
    cards.delete(id);
  };
  line.said.connect((_, message) => {
    if (message.type === 'asked' && message.cell && !cards.has(message.call_id)) {
      const place = placeFor(line, message);
      if (place) {
        const card = new ApprovalCard(message, words, choice => line.send(choice));
        cards.set(message.call_id, card);
        place.append(card.node);
        card.node.scrollIntoView({ block: 'nearest' });
        if (place.contains(document.activeElement)) {
          card.focus();
        }
      }
    } else if (message.type === 'settled') {
      take(message.call_id);
    }
  });
  line.changed.connect((_, isOpen) => {
    if (!isOpen) {
      [...cards.keys()].forEach(take);
    }
  });
}

function placeFor(line: NotebookLine, question: Asked): HTMLElement | undefined {
  return line.panel.content.widgets.find(one => one.model.id === question.cell)?.node;
}
