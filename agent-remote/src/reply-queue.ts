/**
 * Replies on their way from a worker to a stream that may be read slowly or not at all. The worker pushes whenever it
 * has something, and asks for `room` when it can wait.
 */
export class ReplyQueue<T> implements AsyncIterable<T> {
  readonly #depthMax: number;
  readonly #items: T[] = [];
  #end: { readonly error: unknown } | 'done' | null = null;
  #wakeReader: (() => void) | null = null;
  #wakeWriter: (() => void) | null = null;

  constructor(depthMax: number) {
    this.#depthMax = depthMax;
  }

  push(item: T): void {
    this.#items.push(item);
    this.#wakeReader?.();
  }

  /** Whether all that was pushed has been read. */
  get isEmpty(): boolean {
    return this.#items.length === 0;
  }

  /** Resolves when fewer than `depthMax` replies wait, or the queue was ended. */
  async room(): Promise<void> {
    while (this.#items.length >= this.#depthMax && this.#end === null) {
      await new Promise<void>((resolve) => {
        this.#wakeWriter = resolve;
      });
    }
  }

  /** What was pushed is still read; then the reader ends. */
  finish(): void {
    this.#close('done');
  }

  /** What was pushed is still read; then the reader gets the error. */
  fail(error: unknown): void {
    this.#close({ error });
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T, void, undefined> {
    for (;;) {
      const item = this.#items.shift();
      if (item !== undefined) {
        this.#wakeWriter?.();
        yield item;
      } else if (this.#end === null) {
        await new Promise<void>((resolve) => {
          this.#wakeReader = resolve;
        });
      } else if (this.#end === 'done') {
        return;
      } else {
        throw this.#end.error;
      }
    }
  }

  #close(end: { readonly error: unknown } | 'done'): void {
    this.#end ??= end;
    this.#wakeReader?.();
    this.#wakeWriter?.();
  }
}
