import { isEnd, type SyncMessage } from '../sync-message.js';

const problemsQueuedMax = 1_000;

/**
 * What waits for one watcher. A slow watcher neither slows the sync nor fills the memory: of progress that nobody has
 * read yet only the newest is kept, and of problems only so many; the end names them again.
 */
export class MessageQueue implements AsyncIterable<SyncMessage> {
  readonly #waiting: SyncMessage[] = [];
  #wake: () => void = () => {};
  #closed = false;

  push(message: SyncMessage): void {
    if (this.#closed) return;
    const last = this.#waiting.length - 1;
    const replaces = isProgress(message) && this.#waiting[last]?.kind === message.kind;
    if (replaces) this.#waiting[last] = message;
    else if (isEnd(message) || this.#waiting.length < problemsQueuedMax) this.#waiting.push(message);
    this.#wake();
  }

  /** Nothing more comes; what waits is still delivered. */
  close(): void {
    this.#closed = true;
    this.#wake();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<SyncMessage> {
    for (;;) {
      const message = this.#waiting.shift();
      if (message !== undefined) yield message;
      else if (this.#closed) return;
      else await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }
}

function isProgress(message: SyncMessage): boolean {
  return message.kind === 'scanned' || message.kind === 'transferred';
}
