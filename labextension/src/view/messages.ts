/* Made by scripts/wire.py from assistant_magic/views/messages.py; a test compares them. */

/** JSON as it comes. */
export type Json = unknown;

/** One display of a run: a MIME bundle and its place. */
export interface Display {
  type: 'display';
  id: string;
  data?: Readonly<Record<string, Json>>;
  metadata?: Readonly<Record<string, Json>>;
}

/** A file or picture beside a prompt; `data` in base64, left out where it is long. */
export interface Attachment {
  type: 'attachment';
  name: string;
  media_type?: string;
  data?: string;
}

/** Something that can stand in the place of the last `replaces` characters before the cursor. */
export interface Offer {
  type: 'offer';
  text: string;
  about?: string;
  replaces?: number;
}

/** A prompt and what came of it. `versions` are the runs that answer at this place, oldest first. */
export interface Exchange {
  type: 'exchange';
  run: string;
  prompt: string;
  attachments?: ReadonlyArray<Attachment>;
  cell?: string;
  status?: 'in_progress' | 'requires_action' | 'completed' | 'failed' | 'cancelled' | 'incomplete';
  displays?: ReadonlyArray<Display>;
  versions?: ReadonlyArray<string>;
}

/** Tokens of one or several turns; `cost` in US dollars, None where the price is not known. */
export interface Usage {
  type: 'usage';
  input_tokens?: number;
  cached_tokens?: number;
  output_tokens?: number;
  reasoning_tokens?: number;
  cost?: number | null;
}

/** The answer to `Hello`. */
export interface Welcome {
  type: 'welcome';
  number?: number;
}

/** Somebody left; who is still there says hello. */
export interface Called {
  type: 'called';
  number?: number;
}

/** The notebook's thread as it stands, for who follows it; `earlier` exchanges are left out. `running` is the run that goes on, `open` the tool calls that wait for a decision. */
export interface Transcript {
  type: 'transcript';
  number?: number;
  thread: string;
  title?: string;
  model?: string;
  exchanges?: ReadonlyArray<Exchange>;
  earlier?: number;
  running?: string;
  open?: ReadonlyArray<string>;
  usage?: Usage;
}

/** A run began; its exchange stands behind that of the run `after`, and what stood there before is gone. */
export interface Began {
  type: 'began';
  number?: number;
  exchange: Exchange;
  after?: string;
}

/** A display of a run is new or has changed. */
export interface Shown {
  type: 'shown';
  number?: number;
  run: string;
  display: Display;
}

/** Words of a segment: keep the first `at` UTF-16 units and put `text` behind them. `seq` counts from 0; where one is missing, a page asks for all of it. `at` 0 is always all of it. */
export interface Grown {
  type: 'grown';
  number?: number;
  key: string;
  seq: number;
  at: number;
  text: string;
}

/** A run ended. */
export interface Ended {
  type: 'ended';
  number?: number;
  run: string;
  status: 'in_progress' | 'requires_action' | 'completed' | 'failed' | 'cancelled' | 'incomplete';
  usage?: Usage;
}

/** A person has to decide on a tool call; `cell` is the asking cell, if one asks. `place` is an executor's name, or `provider`; `code` may be changed where it is `editable`. */
export interface Asked {
  type: 'asked';
  number?: number;
  call_id: string;
  tool: string;
  code: string;
  place: string;
  cell?: string;
  findings?: ReadonlyArray<string>;
  editable?: boolean;
}

/** The question about a tool call is no longer open. */
export interface Settled {
  type: 'settled';
  number?: number;
  call_id: string;
}

/** What was asked for cannot be done, in one line with its cure. */
export interface Trouble {
  type: 'trouble';
  number?: number;
  text: string;
}

/** What can stand where the cursor is, behind `text`. */
export interface Offered {
  type: 'offered';
  number?: number;
  text: string;
  offers?: ReadonlyArray<Offer>;
}

/** Make each source a code cell, below the cell `cell` or, where it is not there, below the active one. */
export interface Insert {
  type: 'insert';
  number?: number;
  sources: ReadonlyArray<string>;
  cell?: string;
}

/** A page listens; `hears_busy` when the kernel hears it while a cell runs. */
export interface Hello {
  type: 'hello';
  hears_busy?: boolean;
}

/** A page no longer shows a chat below a cell. */
export interface Leave {
  type: 'leave';
}

/** A page shows the whole thread and wants to be kept up to date. `number` is that of the last message it heard: there is no answer when nothing was said since. */
export interface Follow {
  type: 'follow';
  number?: number;
}

/** A page missed words of a segment. */
export interface Resend {
  type: 'resend';
  key: string;
}

/** A prompt; `instead_of` names the run whose place it takes on a branch of its own. */
export interface Ask {
  type: 'ask';
  text: string;
  attachments?: ReadonlyArray<Attachment>;
  instead_of?: string;
}

/** Somebody writes; `text` is what stands before the cursor. */
export interface Complete {
  type: 'complete';
  text: string;
}

/** End the run that goes on. */
export interface Stop {
  type: 'stop';
}

/** Continue on the branch that this run is on. */
export interface Switch {
  type: 'switch';
  run: string;
}

/** The person's decision on a tool call; see `approval.Reply`. */
export interface Choice {
  type: 'choice';
  call_id: string;
  choice: 'run' | 'always' | 'no' | 'stop';
  code?: string;
  word?: string;
}

/** Start an empty thread in this notebook. */
export interface NewThread {
  type: 'new_thread';
}

export type ToPage =
  | Welcome
  | Called
  | Transcript
  | Began
  | Shown
  | Grown
  | Ended
  | Asked
  | Settled
  | Trouble
  | Offered
  | Insert;

export type FromPage =
  | Hello
  | Leave
  | Follow
  | Resend
  | Ask
  | Complete
  | Stop
  | Switch
  | Choice
  | NewThread;
