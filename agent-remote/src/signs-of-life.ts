import type { Committed } from '@btsoot/shared/apply/applier.js';
import { limits } from '@btsoot/shared/model/limits.js';
import type { ApplyNews } from '@btsoot/shared/wire/convert.js';
import type { ReplyQueue } from './reply-queue.js';

/** Acknowledges again what it has, when nothing new was acknowledged for a while: one step may take hours. */
export class SignsOfLife {
  readonly #replies: ReplyQueue<ApplyNews>;
  readonly #timer: NodeJS.Timeout;
  #steps = 0;

  constructor(replies: ReplyQueue<ApplyNews>, intervalMs: number = limits.answerIntervalMs) {
    this.#replies = replies;
    this.#timer = setInterval(() => this.#give(), intervalMs).unref();
  }

  committed(committed: Committed): void {
    this.#steps = committed.steps;
    this.#timer.refresh();
    this.#replies.push({ kind: 'committed', ...committed });
  }

  end(): void {
    clearInterval(this.#timer);
  }

  #give(): void {
    if (this.#replies.isEmpty) this.#replies.push({ kind: 'committed', steps: this.#steps, failures: [] });
  }
}
