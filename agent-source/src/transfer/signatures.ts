import { BtsootError, cutOff, peerFault } from '@btsoot/shared/model/errors.js';
import { limits } from '@btsoot/shared/model/limits.js';
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
 * question goes out. The stream begins with the first question and lasts until `close`, or until the remote has left a
 * question without a word for so long that no more answers are to be expected.
 */
export class Questions {
  readonly #session: RemoteSession;
  readonly #silenceMaxMs: number;
  #silence: NodeJS.Timeout | undefined;
  #isSilent = false;
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

  constructor(session: RemoteSession, silenceMaxMs: number = limits.answerSilenceMaxMs) {
    this.#session = session;
    this.#silenceMaxMs = silenceMaxMs;
  }

  /** The remote was given up: every answer is null, whatever it holds. */
  get isSilent(): boolean {
    return this.#isSilent;
  }

  /**
   * The answer, whole; null where the remote says that it cannot give it, or says nothing.
   * @throws BtsootError `invalid` for an answer that is too long; `unreachable` and others where the stream has broken
   */
  ask(question: SignatureQuestion, mostBytes: number): Promise<Buffer | null> {
    if (this.#isSilent) return Promise.resolve(null);
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
        this.#heard();
        const [asked] = this.#open;
        if (asked === undefined) throw peerFault('the remote answers what it was not asked');
        if (news.kind === 'data') {
          sizeBytes += news.bytes.length;
          if (sizeBytes > asked.mostBytes) throw peerFault('the remote answers more than it was asked');
          parts.push(news.bytes);
          if (!news.last) continue;
        }
        this.#open.shift();
        if (this.#open.length === 0) clearTimeout(this.#silence);
        asked.resolve(news.kind === 'data' ? Buffer.concat(parts) : null);
        parts = [];
        sizeBytes = 0;
      }
      throw cutOff('the remote stopped answering half way');
    } catch (error) {
      this.#fail(error);
    } finally {
      clearTimeout(this.#silence);
    }
  }

  #heard(): void {
    clearTimeout(this.#silence);
    this.#silence = setTimeout(() => this.#giveUp(), this.#silenceMaxMs).unref();
  }

  /** Answers only save bytes: a remote that takes files and gives none is a slow one, and no failure. */
  #giveUp(): void {
    this.#isSilent = true;
    for (const asked of [...this.#open, ...this.#unsent]) asked.resolve(null);
    this.#open.length = 0;
    this.#unsent = [];
    this.#leaving.abort();
    this.#wake();
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
      if (this.#open.length === 0) this.#heard();
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
