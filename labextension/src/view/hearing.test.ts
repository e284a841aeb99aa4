import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Hearing } from './hearing';
import type { FromPage } from './messages';

describe('Hearing', () => {
  let sent: FromPage[];
  let hearing: Hearing;
  const hear = (number: number) => hearing.note({ type: 'settled', call_id: 'x', number });

  beforeEach(() => {
    vi.useFakeTimers();
    sent = [];
    hearing = new Hearing(message => sent.push(message));
  });
  afterEach(() => vi.useRealTimers());

  it('asks for the thread when a message is missing, and only then', () => {
    hear(4);
    hear(5);
    expect(sent).toEqual([]);
    hear(7);
    expect(sent).toEqual([{ type: 'follow' }]);
    hearing.note({ type: 'transcript', thread: 't', number: 9 });
    hear(10);
    expect(sent.length).toBe(1);
  });

  it('asks what it missed when an answer is due and nothing comes', () => {
    hear(4);
    vi.advanceTimersByTime(60_000);
    expect(sent).toEqual([]);
    hearing.expect(true);
    vi.advanceTimersByTime(9_000);
    expect(sent).toEqual([{ type: 'follow', number: 4 }]);
    hearing.dispose();
    vi.advanceTimersByTime(60_000);
    expect(sent.length).toBe(1);
  });
});
