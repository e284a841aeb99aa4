// @vitest-environment jsdom
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { ChatView } from './chat';
import type { Host } from './host';
import type { Exchange, FromPage } from './messages';
import { english } from './words';

vi.stubGlobal(
  'ResizeObserver',
  class {
    observe(): void {}
    unobserve(): void {}
    disconnect(): void {}
  }
);

const host: Host = {
  words: english,
  mount: (display, parent) => {
    const node = document.createElement('p');
    node.textContent = display.id;
    parent.append(node);
    return { update: again => void (node.textContent = `${again.id} again`), dispose: () => node.remove() };
  }
};
const exchange = (run: string, more: Partial<Exchange> = {}): Exchange => ({
  type: 'exchange',
  run,
  prompt: `prompt of ${run}`,
  status: 'completed',
  displays: [{ type: 'display', id: `${run}-0` }],
  ...more
});

describe('ChatView', () => {
  let sent: FromPage[];
  let chat: ChatView;
  const press = (name: string, nth = 0) => {
    [...chat.node.querySelectorAll('button')].filter(one => one.textContent === name)[nth].click();
  };

  beforeEach(() => {
    sent = [];
    chat = new ChatView(host, message => sent.push(message));
    document.body.replaceChildren(chat.node);
    chat.take({ type: 'transcript', thread: 't', exchanges: [exchange('a'), exchange('b')] });
  });

  it('shows a transcript, and keeps what it shows already', () => {
    const first = chat.node.querySelector('section');
    chat.take({ type: 'transcript', thread: 't', exchanges: [exchange('a'), exchange('c')] });
    expect(chat.node.querySelector('section')).toBe(first);
    expect(chat.node.textContent).toContain('prompt of c');
    expect(chat.node.textContent).not.toContain('prompt of b');
  });

  it('follows a run that takes the place of another', () => {
    const began = exchange('c', { status: 'in_progress', displays: [] });
    chat.take({ type: 'began', exchange: began, after: 'a' });
    chat.take({ type: 'shown', run: 'c', display: { type: 'display', id: 'c-0' } });
    chat.take({ type: 'shown', run: 'c', display: { type: 'display', id: 'c-0' } });
    expect(chat.node.textContent).toContain('c-0 again');
    expect(chat.node.textContent).not.toContain('prompt of b');
    press('Stop');
    chat.take({ type: 'ended', run: 'c', status: 'cancelled' });
    expect(sent).toEqual([{ type: 'stop' }]);
    expect(chat.node.querySelector<HTMLElement>('section:last-of-type')?.dataset.status).toBe('cancelled');
  });

  it('asks again, with other words, and switches between versions', () => {
    const versions = ['a', 'b'];
    chat.take({ type: 'transcript', thread: 't', exchanges: [exchange('b', { versions })] });
    press('Ask again');
    press('‹');
    press('Edit');
    const box = chat.node.querySelector<HTMLTextAreaElement>('section textarea');
    expect(box?.value).toBe('prompt of b');
    (box as HTMLTextAreaElement).value = 'other';
    press('Send');
    expect(sent).toEqual([
      { type: 'ask', text: 'prompt of b', instead_of: 'b' },
      { type: 'switch', run: 'a' },
      { type: 'ask', text: 'other', instead_of: 'b' }
    ]);
  });

  it('answers a question with the code as it was changed', () => {
    chat.take({ type: 'asked', call_id: 'x', tool: 'python', code: 'a()', place: 'live' });
    const code = chat.node.querySelector<HTMLTextAreaElement>('[role=group] textarea');
    (code as HTMLTextAreaElement).value = 'b()';
    press('Run');
    expect(sent).toEqual([{ type: 'choice', call_id: 'x', choice: 'run', code: 'b()', word: '' }]);
    chat.take({ type: 'settled', call_id: 'x' });
    expect(chat.node.querySelector('[role=group]')).toBeNull();
  });

  it('shows what a provider would call, without letting it be changed', () => {
    const question = { type: 'asked', call_id: 'x', tool: 'wiki.read', code: '{}', place: 'provider' } as const;
    chat.take({ ...question, editable: false });
    const card = chat.node.querySelector('[role=group]');
    expect(card?.textContent).toContain('Let the provider call wiki.read with these arguments?');
    expect(card?.querySelector('textarea')?.readOnly).toBe(true);
    press("Don't run");
    expect(sent).toEqual([{ type: 'choice', call_id: 'x', choice: 'no', code: '{}', word: '' }]);
  });
});
