import type { ChunkList } from '../delta/chunk-list.js';
import { type Layout, LayoutReader } from '../delta/layout.js';
import type { Op } from '../delta/op.js';
import { decodeOps } from '../delta/ops.js';
import type { Delivery } from '../model/delivery.js';
import { BtsootError, fromSystemError, peerFault } from '../model/errors.js';
import type { FileStep, Outcome } from '../model/step.js';
import { type Staged, StepFailed } from './action.js';
import type { Bases } from './bases.js';
import { Breather } from './breather.js';
import type { Sink } from './sink.js';

export interface IncomingOptions {
  readonly step: FileStep;
  readonly delivery: Delivery;
  readonly bases: Bases;
  /** Called before `open`. What it throws is not the file's fault. */
  readonly settle: () => Promise<void>;
  /** Called once, when all that is said before the first bytes has been said; null without a chunk list. */
  readonly open: (layout: Layout | null) => Promise<Sink>;
  readonly signal: AbortSignal | null;
}

export type Reception =
  | { readonly kind: 'layout'; readonly reader: LayoutReader }
  | { readonly kind: 'bytes'; readonly sink: Sink }
  | { readonly kind: 'complete'; readonly staged: Staged; readonly list: ChunkList | null }
  /** What still comes of the file is dropped. */
  | { readonly kind: 'failed'; readonly error: unknown };

/**
 * One file on its way here, as the messages bring it. What is wrong with the file alone makes it `failed`, and the messages
 * go on; what only a broken or hostile sender does is thrown as a BtsootError `invalid`.
 */
export class Incoming {
  readonly #o: IncomingOptions;
  readonly #basesSizes: readonly number[];
  #reception: Reception;
  #remainingBytes: number;

  /** To be followed by `begin`. */
  constructor(options: IncomingOptions) {
    const { step, bases } = options;
    this.#o = options;
    this.#basesSizes = bases.sizes;
    this.#remainingBytes = step.content.sizeBytes;
    this.#reception = { kind: 'layout', reader: new LayoutReader(step.content.sizeBytes, bases.lists) };
  }

  async begin(): Promise<void> {
    const { chunksDigest, layout } = this.#o.delivery;
    if (chunksDigest !== null) return this.layout(layout);
    if (layout.length > 0) throw peerFault('a layout came of a file without a chunk list');
    await this.#open(null);
  }

  get reception(): Reception {
    return this.#reception;
  }

  /** That no message has covered yet. */
  get remainingBytes(): number {
    return this.#remainingBytes;
  }

  async layout(bytes: Buffer): Promise<void> {
    const reception = this.#reception;
    if (reception.kind === 'failed') return;
    if (reception.kind !== 'layout') throw peerFault('more of a layout came than the file has');
    await this.#readLayout(() => reception.reader.push(bytes));
    if (reception.reader.layout !== null && this.#reception === reception) await this.#open(reception.reader.layout);
  }

  async data(bytes: Buffer): Promise<void> {
    await this.#take(bytes.length, (sink) => sink.literal(bytes));
  }

  /** `literals`: those of all literal ops, one after the other. */
  async patch(encodedOps: Buffer, literals: Buffer): Promise<void> {
    const remainingBytes = this.#remainingBytes;
    const position = this.#o.step.content.sizeBytes - remainingBytes;
    const ops = decodeOps(encodedOps, { position, remainingBytes, basesSizes: this.#basesSizes });
    if (literalBytes(ops) !== literals.length) throw peerFault('a patch has not the literals that its ops need');
    const breather = new Breather(this.#o.signal);
    let at = 0;
    for (const op of ops) {
      if (breather.isDue()) await breather.rest();
      await this.#take(op.lengthBytes, (sink) => put(sink, op, literals.subarray(at, at + op.lengthBytes)));
      if (op.kind === 'literal') at += op.lengthBytes;
    }
  }

  /** No more of it comes. What is worth keeping is kept. */
  async suspend(): Promise<void> {
    if (this.#reception.kind === 'bytes') await this.#reception.sink.suspend();
    else this.#o.bases.close();
  }

  /** A sender that counts on a chunk list that is not here, or is another one here, can send the file without. */
  async #readLayout(read: () => void): Promise<void> {
    try {
      read();
    } catch (error) {
      if (!(error instanceof BtsootError) || error.kind !== 'not-found') throw error;
      await this.#fail(new StepFailed({ kind: 'mismatch', message: error.message }), null);
    }
  }

  async #open(layout: Layout | null): Promise<void> {
    await this.#o.settle();
    try {
      this.#reception = { kind: 'bytes', sink: await this.#o.open(layout) };
    } catch (error) {
      await this.#fail(error, null);
    }
  }

  async #take(lengthBytes: number, work: (sink: Sink) => Promise<void>): Promise<void> {
    if (lengthBytes > this.#remainingBytes) throw peerFault('more file data came than announced');
    const { reader } = this.#reception.kind === 'layout' ? this.#reception : { reader: null };
    if (reader !== null) await this.#readLayout(() => reader.end());
    const reception = this.#reception;
    this.#remainingBytes -= lengthBytes;
    if (reception.kind !== 'bytes') return;
    const { sink } = reception;
    try {
      await work(sink);
      if (this.#remainingBytes > 0) return;
      const staged = await sink.complete();
      this.#reception = { kind: 'complete', staged, list: sink.list };
    } catch (error) {
      await this.#fail(error, sink);
    }
  }

  async #fail(error: unknown, sink: Sink | null): Promise<void> {
    this.#o.signal?.throwIfAborted();
    if (error instanceof BtsootError && error.kind === 'invalid') throw error;
    this.#reception = { kind: 'failed', error };
    const outcome = outcomeOf(error);
    if (sink === null) this.#o.bases.close();
    else if (outcome.kind === 'failed' && outcome.noSpace) await sink.suspend();
    else await sink.discard();
  }
}

/** How a step failed that could not be prepared. */
export function outcomeOf(error: unknown): Exclude<Outcome, { kind: 'done' }> {
  if (error instanceof StepFailed) return error.outcome;
  const wrapped = fromSystemError(error, 'on the target');
  return { kind: 'failed', message: wrapped.message, noSpace: wrapped.kind === 'no-space' };
}

function put(sink: Sink, op: Op, literal: Buffer): Promise<void> {
  switch (op.kind) {
    case 'literal':
      return sink.literal(literal);
    case 'zeros':
      return sink.zeros(op.lengthBytes);
    case 'copy':
      return sink.copy(op.basis, op.from, op.lengthBytes);
  }
}

function literalBytes(ops: readonly Op[]): number {
  return ops.reduce((sum, op) => (op.kind === 'literal' ? sum + op.lengthBytes : sum), 0);
}
