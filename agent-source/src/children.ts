import type { Metadata, TreeNode } from '@btsoot/shared/model/entry.js';
import { cutOff, peerFault } from '@btsoot/shared/model/errors.js';
import { limits } from '@btsoot/shared/model/limits.js';
import { childrenFromWire, childrenQuestionToWire } from '@btsoot/shared/wire/convert.js';
import type { ChildrenRequest } from '@btsoot/shared/wire/messages.js';
import type { RemoteSession } from './remote-session.js';
import { unlessSilent } from './unless-silent.js';

/** A directory to be listed, with whatever the asker wants to find again beside the answer. */
export interface Wanted<T> {
  readonly directoryId: number;
  /** Folders above it: 0 for the root. */
  readonly depth: number;
  readonly context: T;
}

/** A part of a directory's children, in byte order of names: never all of a large one, which would not fit into memory. */
export interface Part {
  readonly children: readonly TreeNode[];
  readonly isFirst: boolean;
  readonly isLast: boolean;
}

/** Called with a directory's children, part by part; what it returns is asked for next. */
export type OnChildren<T> = (wanted: Wanted<T>, part: Part) => Iterable<Wanted<T>>;

export interface Walk<T> {
  /** A session of the remote's history, or 0 for the tree as it is now. */
  readonly asOfSession: number;
  readonly start: Iterable<Wanted<T>>;
  readonly onChildren: OnChildren<T>;
  /** Called with the root's own metadata as it was then, where the tree is a past one. */
  readonly onRoot?: (meta: Metadata) => void;
  /** What was listed before. Walks that go on where another ended share it. */
  readonly listed: Listed;
}

export interface ListedMost {
  readonly entriesMax: number;
  readonly directoriesMax: number;
  readonly namesMaxBytes: number;
}

const MOST: ListedMost = {
  entriesMax: limits.listedEntriesMax,
  directoriesMax: limits.listedDirectoriesMax,
  namesMaxBytes: limits.listedNamesMaxBytes,
};

/** How much of a tree a remote has listed: it has each directory once, and an end. */
export class Listed {
  readonly #most: ListedMost;
  readonly #directories = new Set<number>();
  #entries = 0;
  #namesBytes = 0;

  constructor(most: ListedMost = MOST) {
    this.#most = most;
  }

  /** A directory that is to be listed. */
  add(id: number): void {
    if (this.#directories.has(id)) throw peerFault('the remote listed one folder in two places');
    this.#directories.add(id);
    this.#requireEnd(this.#directories.size > this.#most.directoriesMax, `over ${this.#most.directoriesMax} folders`);
  }

  children(page: readonly TreeNode[]): void {
    this.#entries += page.length;
    for (const child of page) this.#namesBytes += child.name.length + (child.kind === 'symlink' ? child.target.length : 0);
    this.#requireEnd(this.#entries > this.#most.entriesMax, `over ${this.#most.entriesMax} entries`);
    this.#requireEnd(this.#namesBytes > this.#most.namesMaxBytes, `names of over ${this.#most.namesMaxBytes} bytes`);
  }

  #requireEnd(isOver: boolean, what: string): void {
    if (isOver) throw peerFault(`the remote lists a tree without an end: ${what}`);
  }
}

/**
 * Walks the remote's tree from the directories in `start`. Questions are sent on as answers come, so that the walk costs
 * a round trip for a level and not for a directory.
 * @throws BtsootError of kind `invalid` for what is no tree: a directory in two places, one inside itself, too deep, or
 *   without an end; `unreachable` where the remote says nothing more.
 */
export async function walkRemote<T>(session: RemoteSession, walk: Walk<T>): Promise<void> {
  const { asOfSession, start, onChildren, onRoot, listed } = walk;
  const questions = new Questions<T>(session.opened.session, asOfSession, listed);
  questions.add(start);
  if (questions.isDone) return;
  let before: TreeNode | undefined;
  let entries = 0;
  const begin = (signal: AbortSignal) => session.client.listChildren(questions, signal);
  for await (const page of unlessSilent(begin, { signal: session.lost, doing: 'lists its folders' })) {
    const { directoryId, children, last, rootMeta } = childrenFromWire(page);
    if (rootMeta !== undefined) onRoot?.(rootMeta);
    const wanted = questions.expected(directoryId);
    requireOrder(before, children[0]);
    if (children.length === 0 && !last) throw peerFault('the remote lists a folder in empty pages');
    listed.children(children);
    const isFirst = entries === 0;
    entries += children.length;
    if (entries > limits.directoryEntriesMax) throw peerFault('the remote lists a folder without an end');
    if (last) questions.answered();
    questions.add(onChildren(wanted, { children, isFirst, isLast: last }));
    before = last ? undefined : children.at(-1);
    if (!last) continue;
    entries = 0;
    if (questions.isDone) questions.end();
  }
  if (!questions.isDone) throw cutOff('the remote stopped listing its folders half way');
}

function requireOrder(before: TreeNode | undefined, first: TreeNode | undefined): void {
  if (before === undefined || first === undefined || before.name < first.name) return;
  throw peerFault('the remote listed a folder out of order');
}

/** Directories asked for and not answered yet, in order; as an iterable, the requests to send. */
class Questions<T> implements AsyncIterable<ChildrenRequest> {
  readonly #session: string;
  readonly #asOfSession: number;
  readonly #listed: Listed;
  #unsent: Wanted<T>[] = [];
  readonly #unanswered: Wanted<T>[] = [];
  #answeredCount = 0;
  #ended = false;
  #wake: () => void = () => undefined;

  constructor(session: string, asOfSession: number, listed: Listed) {
    this.#session = session;
    this.#asOfSession = asOfSession;
    this.#listed = listed;
  }

  get isDone(): boolean {
    return this.#answeredCount === this.#unanswered.length;
  }

  add(wanted: Iterable<Wanted<T>>): void {
    for (const one of wanted) {
      if (one.depth > limits.pathDepthMax)
        throw peerFault(`the remote listed a folder that lies over ${limits.pathDepthMax} folders deep`);
      this.#listed.add(one.directoryId);
      this.#unsent.push(one);
      this.#unanswered.push(one);
    }
    this.#wake();
  }

  expected(directoryId: number): Wanted<T> {
    const next = this.#unanswered[this.#answeredCount];
    if (next?.directoryId !== directoryId) throw peerFault('the remote listed a folder that was not asked for');
    return next;
  }

  answered(): void {
    this.#answeredCount++;
    if (this.#answeredCount < 10_000) return;
    this.#unanswered.splice(0, this.#answeredCount);
    this.#answeredCount = 0;
  }

  end(): void {
    this.#ended = true;
    this.#wake();
  }

  async *[Symbol.asyncIterator](): AsyncIterator<ChildrenRequest> {
    for (;;) {
      while (this.#unsent.length > 0) {
        const ids = this.#unsent.splice(0, limits.directoriesPerRequestMax).map((wanted) => wanted.directoryId);
        yield childrenQuestionToWire({ session: this.#session, directoryIds: ids, asOfSession: this.#asOfSession });
      }
      if (this.#ended) return;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }
}
