import type { FromPage, ToPage } from './messages';

/** Milliseconds of silence, while an answer is expected, after which a page asks whether it missed something. */
const SILENCE = 8000;

/** Notices that messages were lost, by their numbers, and asks for the thread as it stands. */
export class Hearing {
  constructor(send: (message: FromPage) => void) {
    this._send = send;
  }

  /** A message has come. */
  note(message: ToPage): void {
    const { number } = message;
    this._wait();
    if (!number || message.type === 'grown') {
      return;
    }
    const isLost = this._last !== undefined && number !== this._last + 1;
    this._last = number;
    if (isLost && message.type !== 'transcript') {
      this._send({ type: 'follow' });
    }
  }

  /** Whether something is expected soon. */
  expect(isExpected: boolean): void {
    this._isExpected = isExpected;
    this._wait();
  }

  dispose(): void {
    this.expect(false);
  }

  private _wait(): void {
    clearTimeout(this._timer);
    if (this._isExpected) {
      this._timer = setTimeout(() => {
        this._send({ type: 'follow', number: this._last });
        this._wait();
      }, SILENCE);
    }
  }

  private readonly _send: (message: FromPage) => void;
  private _last: number | undefined;
  private _isExpected = false;
  private _timer: ReturnType<typeof setTimeout> | undefined;
}
