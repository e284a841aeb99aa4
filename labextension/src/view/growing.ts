import type { Grown } from './messages';

type Watcher = (text: string) => void;

/** Segments of answers that grow, by their key. Lost or disordered words are noticed and asked for again. */
export class GrowingTexts {
  /** Takes a message; `resend` asks its sender for the whole segment. */
  take(message: Grown, resend: (key: string) => void): void {
    const known = this._texts.get(message.key);
    const whole = message.at === 0;
    const next = (known?.seq ?? -1) + 1;
    if (known && message.seq < next && !whole) {
      return;
    }
    if (!whole && (message.seq !== next || !known)) {
      resend(message.key);
      return;
    }
    const text = (known?.text.slice(0, message.at) ?? '') + message.text;
    this._texts.set(message.key, { seq: message.seq, text });
    this._watchers.get(message.key)?.forEach(watcher => watcher(text));
  }

  get(key: string): string | undefined {
    return this._texts.get(key)?.text;
  }

  /** Calls `watcher` for each change until the returned function is called. */
  watch(key: string, watcher: Watcher): () => void {
    const watchers = this._watchers.get(key) ?? new Set<Watcher>();
    this._watchers.set(key, watchers.add(watcher));
    return () => {
      watchers.delete(watcher);
      if (!watchers.size) {
        this._watchers.delete(key);
      }
    };
  }

  /** The segment has its final words. */
  finish(key: string): void {
    this._texts.delete(key);
  }

  private _texts = new Map<string, { seq: number; text: string }>();
  private _watchers = new Map<string, Set<Watcher>>();
}
