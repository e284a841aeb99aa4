// @vitest-environment jsdom
import { beforeEach, describe, expect, it } from 'vitest';
import { Composer } from './composer';
import type { NotebookCell } from './host';
import type { Attachment } from './messages';
import { english } from './words';

describe('Composer', () => {
  let sent: [string, Attachment[]][];
  let asked: string[];
  let complaints: string[];
  let cells: NotebookCell[];
  let composer: Composer;
  let box: HTMLTextAreaElement;

  const type = (text: string) => {
    box.value = text;
    box.selectionStart = box.selectionEnd = text.length;
    box.dispatchEvent(new Event('input'));
  };
  const press = (key: string) => box.dispatchEvent(new KeyboardEvent('keydown', { key, cancelable: true }));
  const paste = (file: File, types = ['Files']) => {
    const event = new Event('paste', { cancelable: true });
    Object.assign(event, { clipboardData: { files: [file], types } });
    box.dispatchEvent(event);
  };
  const offer = (text: string, replaces: number, ...names: string[]) =>
    composer.offer({
      type: 'offered',
      text,
      offers: names.map(name => ({ type: 'offer', text: name, replaces }))
    });

  beforeEach(() => {
    sent = [];
    asked = [];
    complaints = [];
    cells = [];
    composer = new Composer(english, {
      send: (text, files) => sent.push([text, files]),
      stop: () => undefined,
      complete: text => asked.push(text),
      complain: text => complaints.push(text),
      cells: () => cells
    });
    document.body.replaceChildren(composer.node);
    box = composer.node.querySelector('textarea') as HTMLTextAreaElement;
    box.focus();
  });

  it('asks what can be completed behind a mention or an option, and nowhere else', () => {
    for (const text of ['@', 'see @df', 'see #', '#5', '@값', '--mo', '-m offline:tutor --q', 'mail me@x', 'a # b', 'x - 3']) {
      type(text);
    }
    expect(asked).toEqual(['@', 'see @df', 'see #', '#5', '@값', '--mo', '-m offline:tutor --q']);
  });

  it('completes by keyboard, and only what is still being written', () => {
    type('see @d');
    offer('see @', 1, '@old');
    expect(box.getAttribute('aria-expanded')).toBe('false');
    offer('see @d', 2, '@data', '@df');
    expect(box.getAttribute('aria-activedescendant')).toBe(composer.node.querySelector('li')?.id);
    press('ArrowDown');
    press('Enter');
    expect(box.value).toBe('see @df ');
    expect(sent).toEqual([]);
    type('see @d');
    offer('see @d', 2, '@data');
    press('Escape');
    press('Enter');
    expect(sent).toEqual([['see @d', []]]);
  });

  it('offers the cells that the kernel does not know, and sends the chosen one along', async () => {
    cells = [
      { number: 1, source: 'import pandas', isCode: true },
      { number: 2, source: 'changed since', isCode: true },
      { number: null, source: 'df = load()\ndf', isCode: true },
      { number: null, source: '## What to load', isCode: false },
      { number: null, source: '', isCode: true }
    ];
    type('see #');
    composer.offer({
      type: 'offered',
      text: 'see #',
      offers: [
        { type: 'offer', text: '#2', about: 'as it ran', replaces: 1 },
        { type: 'offer', text: '#1', about: 'import pandas', replaces: 1 }
      ]
    });
    const shown = () => [...composer.node.querySelectorAll('[role=option]')].map(one => one.textContent);
    expect(shown()).toEqual([
      '#2as it ran',
      '#1import pandas',
      'changed sincenot run in this kernel',
      'df = load()not run in this kernel',
      '## What to loadtext'
    ]);
    type('see #lo');
    offer('see #lo', 3);
    expect(shown()).toEqual(['df = load()not run in this kernel', '## What to loadtext']);
    press('Enter');
    expect(box.value).toBe('see ');
    await expect.poll(() => composer.node.querySelectorAll('li').length).toBe(1);
    press('Enter');
    const data = btoa('df = load()\ndf');
    expect(sent).toEqual([['see', [{ type: 'attachment', name: 'df = load().py', media_type: 'text/x-python', data }]]]);
  });

  it('sends pasted files along, once, unless they were taken back', async () => {
    paste(new File(['ab'], 'a.txt', { type: 'text/plain' }));
    paste(new File(['cd'], 'b.txt', { type: 'text/plain' }));
    await expect.poll(() => composer.node.querySelectorAll('li').length).toBe(2);
    composer.node.querySelector<HTMLButtonElement>('[aria-label="Remove a.txt"]')?.click();
    type('Read.');
    press('Enter');
    type('Again.');
    press('Enter');
    const file = { type: 'attachment', name: 'b.txt', media_type: 'text/plain', data: btoa('cd') };
    expect(sent).toEqual([
      ['Read.', [file]],
      ['Again.', []]
    ]);
  });

  it('leaves words to the box, and says what is too large', async () => {
    paste(new File(['x'], 'words.png', { type: 'image/png' }), ['text/plain', 'Files']);
    paste(new File([new Uint8Array(7_000_000)], 'film.mp4'));
    await expect.poll(() => complaints.length).toBe(1);
    expect(complaints[0]).toContain('film.mp4 is too large');
    expect(composer.node.querySelectorAll('li').length).toBe(0);
  });
});
