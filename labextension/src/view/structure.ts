import type { Display, Json } from './messages';

/** What our outputs are called. */
export const MIME = 'application/vnd.assistant-magic.v1+json';

/** What an output says of itself besides its words. */
export interface Structure {
  kind?: 'answer' | 'tool' | 'reasoning' | 'notice' | 'status' | 'run';
  id?: string;
  segment?: number;
  status?: string;
}

type Bundle = Readonly<Record<string, Json>>;

export function structureOf(data: Bundle | undefined): Structure {
  return (data?.[MIME] ?? {}) as Structure;
}

export function wordsOf(data: Bundle | undefined): string {
  const words = data?.['text/markdown'] ?? '';
  return Array.isArray(words) ? words.join('') : String(words);
}

/** The key under which the words of an answer's segment travel. */
export function keyOf(data: Bundle | undefined, metadata: Bundle | undefined): string {
  const structure = structureOf(data);
  const origin = (metadata?.assistant_magic ?? {}) as { run?: string };
  return `${origin.run ?? ''}/${structure.id ?? ''}/${structure.segment ?? 0}`;
}

export function isGrowing(data: Display['data']): boolean {
  const structure = structureOf(data);
  return structure.kind === 'answer' && structure.status === 'streaming';
}
