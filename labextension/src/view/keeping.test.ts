// @vitest-environment jsdom
import { describe, expect, it } from 'vitest';
import { keepSame } from './keeping';

function made(html: string): HTMLElement {
  return new DOMParser().parseFromString(html, 'text/html').body;
}

/** The words when `was` stood on the page, `$x$` typeset as (x), and `now` has taken its place. */
function after(was: string, now: string): string {
  const live = made(was.replace(/\$(\w)\$/g, '<b>($1)</b>'));
  const next = made(now);
  keepSame(live, made(was), next);
  return next.textContent ?? '';
}

const row = (letter: string) => `<tr><td>$${letter}$</td></tr>`;

describe('keepSame', () => {
  it('keeps what was typeset and leaves what changed as it was rendered', () => {
    const was = '<p>$a$</p><ul><li>$b$</li><li>$c$</li></ul>';
    const now = '<p>$a$</p><ul><li>$b$</li><li>$c$ is</li><li>$d$</li></ul>';
    expect(after(was, now)).toBe('(a)(b)$c$ is$d$');
  });

  it('keeps the rows of a table that gets another one', () => {
    const table = (...letters: string[]) => `<table><tbody>${letters.map(row).join('')}</tbody></table>`;
    expect(after(table('a', 'b'), table('a', 'b', 'c'))).toBe('(a)(b)$c$');
  });

  it('keeps nothing inside an element that the page added something to', () => {
    expect(after('<p>$a$ <i>$b$</i></p>', '<p>$a$ <i>$b$</i> is</p>')).toBe('$a$ $b$ is');
  });
});
