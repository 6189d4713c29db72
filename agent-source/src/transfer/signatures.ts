import { BtsootError } from '@btsoot/shared/model/errors.js';
import { type SignatureQuestion, signatureNewsFromWire, signatureWishToWire } from '@btsoot/shared/wire/convert.js';
import type { SignatureRequest } from '@btsoot/shared/wire/messages.js';
import type { RemoteSession } from '../remote-session.js';

interface Asked {
  readonly request: SignatureRequest;
  /** No answer is longer. */
  readonly mostBytes: number;
  readonly resolve: (answer: Buffer | null) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Questions about what the remote holds, all in one stream: whoever asks need not wait for the answer before the next
 * question goes out. The stream begins with the first question and lasts until `close`.
 */
export class Questions {
  readonly #session: RemoteSession;
  readonly #leaving = new AbortController();
  /** Asked, and not yet taken by the stream. */
  #unsent: Asked[] = [];
  /** Sent, and not yet answered. */
  readonly #open: Asked[] = [];
  #wake: () => void = () => {};
  #reading: Promise<void> | null = null;
  #failure: unknown;

  /** Why nobody gets an answer any more; undefined while they do. */
  get failure(): unknown {
    return this.#failure;
  }

  constructor(session: RemoteSession) {
    this.#session = session;
  }

  /**
   * The answer, whole; null where the remote says that it cannot give it.
   * @throws BtsootError `invalid` for an answer that is too long; `unreachable` and others where the stream has broken
   */
  ask(question: SignatureQuestion, mostBytes: number): Promise<Buffer | null> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    const session = this.#reading === null ? this.#session.opened.session : null;
    const request = signatureWishToWire({ ...question, session });
    const answer = new Promise<Buffer | null>((resolve, reject) => {
      this.#unsent.push({ request, mostBytes, resolve, reject });
    });
    // It may break before anybody waits for this answer.
    answer.catch(() => {});
    this.#wake();
    this.#reading ??= this.#read();
    return answer;
  }

  /** What was not answered until now is not wanted any more. */
  async close(): Promise<void> {
    this.#fail(new BtsootError('cancelled', 'nobody waits for this answer any more'));
    this.#leaving.abort();
    this.#wake();
    await this.#reading;
  }

  async #read(): Promise<void> {
    const signal = AbortSignal.any([this.#session.lost, this.#leaving.signal]);
    let parts: Buffer[] = [];
    let sizeBytes = 0;
    try {
      for await (const reply of this.#session.client.readSignatures(this.#requests(), signal)) {
        const news = signatureNewsFromWire(reply);
        const [asked] = this.#open;
        if (asked === undefined) throw new BtsootError('invalid', 'the remote answers what it was not asked');
        if (news.kind === 'data') {
          sizeBytes += news.bytes.length;
          if (sizeBytes > asked.mostBytes) throw new BtsootError('invalid', 'the remote answers more than it was asked');
          parts.push(news.bytes);
          if (!news.last) continue;
        }
        this.#open.shift();
        asked.resolve(news.kind === 'data' ? Buffer.concat(parts) : null);
        parts = [];
        sizeBytes = 0;
      }
      throw new BtsootError('unreachable', 'the remote stopped answering half way');
    } catch (error) {
      this.#fail(error);
    }
  }

  async *#requests(): AsyncGenerator<SignatureRequest, void, undefined> {
    while (!this.#leaving.signal.aborted) {
      const next = this.#unsent.shift();
      if (next === undefined) {
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
        continue;
      }
      this.#open.push(next);
      yield next.request;
    }
  }

  #fail(error: unknown): void {
    this.#failure ??= error;
    for (const asked of [...this.#open, ...this.#unsent]) asked.reject(this.#failure);
    this.#open.length = 0;
    this.#unsent = [];
  }
}
