import { constants } from 'node:fs';
import { type FileHandle, open, rm } from 'node:fs/promises';
import type { ChunkList } from '../delta/chunk-list.js';
import { sameContent } from '../model/entry.js';
import { BtsootError } from '../model/errors.js';
import { limits } from '../model/limits.js';
import type { FileStep } from '../model/step.js';
import type { NewThing } from './action.js';
import type { Bases } from './bases.js';
import { Breather } from './breather.js';
import { Checkpoints } from './checkpoint.js';
import { openPart, type Partials, sidecarName } from './partials.js';
import { encodeHeader } from './sidecar.js';
import type { Sink } from './sink.js';
import { SparseWriter } from './sparse-writer.js';
import type { Staging } from './staging.js';
import { type ExpectedChunks, Verification } from './verification.js';

export interface StagedFileOptions {
  readonly staging: Staging;
  readonly partials: Partials;
  readonly step: FileStep;
  readonly bases: Bases;
  /** Null for a content that is too small for a chunk list. */
  readonly expected: ExpectedChunks | null;
  /** Cuts long copies short. */
  readonly signal: AbortSignal | null;
}

/** A basis that the file began as: its first bytes are there already. */
interface Held {
  readonly basis: number;
  readonly bytes: number;
  readonly list: ChunkList;
}

const PIECE_BYTES = 1024 * 1024;
const OPEN_FLAGS = constants.O_RDWR | constants.O_NOFOLLOW;

/**
 * A new file in staging, written from its first byte to its last. It begins empty; or as a clone of its basis, of which
 * only what changes is written; or, when a cut-off delivery goes on, as what that has left.
 */
export class StagedFile implements Sink {
  readonly #o: StagedFileOptions;
  readonly #name: string;
  readonly #verification: Verification;
  readonly #breather: Breather;
  #handle: FileHandle;
  #writer: SparseWriter;
  #held: Held | null;
  #checkpoints: Checkpoints | null = null;
  #checkpointedBytes = 0;
  #list: ChunkList | null = null;

  private constructor(options: StagedFileOptions, name: string, handle: FileHandle, held: Held | null) {
    this.#o = options;
    this.#name = name;
    this.#handle = handle;
    this.#held = held;
    this.#writer = new SparseWriter(handle, held?.bytes ?? 0);
    this.#verification = new Verification(options.step.content, options.expected);
    this.#breather = new Breather(options.signal);
  }

  static async create(options: StagedFileOptions): Promise<StagedFile> {
    const name = options.staging.newName();
    return new StagedFile(options, name, await open(options.staging.path(name), 'wx', 0o600), null);
  }

  /** As `create`, from a file in staging that is a clone of basis 0, whose chunk list is known. */
  static async onClone(options: StagedFileOptions, name: string, list: ChunkList): Promise<StagedFile> {
    const handle = await open(options.staging.path(name), OPEN_FLAGS);
    const bytes = Math.min(options.bases.sizes[0] ?? 0, options.step.content.sizeBytes);
    const file = new StagedFile(options, name, handle, { basis: 0, bytes, list });
    try {
      await handle.truncate(bytes);
      return file;
    } catch (error) {
      await file.discard();
      throw error;
    }
  }

  get remainingBytes(): number {
    return this.#verification.remainingBytes;
  }

  get list(): ChunkList | null {
    return this.#list;
  }

  async literal(bytes: Buffer): Promise<void> {
    this.#verification.pass(bytes);
    await this.#writer.write(bytes);
    await this.#checkpointIfDue();
  }

  zeros(lengthBytes: number): Promise<void> {
    return this.#inPieces(lengthBytes, async (length) => {
      this.#verification.passZeros(length);
      await this.#writer.zeros(length);
    });
  }

  async copy(basis: number, from: number, lengthBytes: number): Promise<void> {
    if (this.#writer.position === 0 && from === 0 && (await this.#adopt(basis, lengthBytes))) return;
    const isHeld = basis === this.#held?.basis && from === this.#writer.position && from + lengthBytes <= this.#held.bytes;
    if (isHeld) return this.#pastHeld(lengthBytes);
    let at = from;
    return this.#inPieces(lengthBytes, async (length) => {
      for (const end = at + length; at < end; ) {
        const part = (await this.#writer.room()).subarray(0, end - at);
        this.#o.bases.read(basis, part, at);
        this.#verification.pass(part);
        this.#writer.advance(part.length);
        at += part.length;
      }
    });
  }

  async complete(): Promise<NewThing> {
    this.#list = this.#verification.finish();
    await this.#writer.flush();
    await this.#checkpoints?.settle();
    await this.#close();
    return this.#o.staging.seal(this.#name, 'file', this.#o.step.meta);
  }

  async discard(): Promise<void> {
    await this.#close();
    for (const name of [this.#name, sidecarName(this.#name)]) await rm(this.#o.staging.path(name), { force: true });
  }

  async suspend(): Promise<void> {
    try {
      if (this.#mayResume && this.#writer.position >= limits.partialSizeMinBytes) await this.#checkpoint();
      await this.#checkpoints?.settle();
    } catch {
      // What was durable before still is.
    }
    await this.#close();
    try {
      this.#o.partials.keep(this.#name);
    } catch {
      // The next recovery finds both files in staging, and tries again.
    }
  }

  /** A clone is made again at no cost, and beyond what was received it holds what is not of this file. */
  get #mayResume(): boolean {
    return this.#o.expected !== null && (this.#held === null || this.#o.bases.partial(this.#held.basis) !== null);
  }

  async #inPieces(lengthBytes: number, take: (lengthBytes: number) => Promise<void>): Promise<void> {
    for (let left = lengthBytes; left > 0; left -= PIECE_BYTES) {
      this.#o.signal?.throwIfAborted();
      await take(Math.min(PIECE_BYTES, left));
      await this.#checkpointIfDue();
      if (this.#breather.isDue()) await this.#breather.rest();
    }
  }

  async #checkpointIfDue(): Promise<void> {
    if (this.#mayResume && this.#writer.position - this.#checkpointedBytes >= limits.checkpointIntervalBytes)
      await this.#checkpoint();
  }

  async #checkpoint(): Promise<void> {
    const { chunks } = this.#verification;
    const { staging, step, expected } = this.#o;
    if (chunks === null || expected === null) return;
    await this.#writer.flush();
    this.#checkpoints ??= new Checkpoints({
      data: this.#handle,
      chunks,
      sidecarPath: staging.path(sidecarName(this.#name)),
      directory: staging.path('.'),
      header: encodeHeader(step.content, expected.layout.averageBytes, step.path),
    });
    this.#checkpointedBytes = this.#writer.position;
    await this.#checkpoints.begin();
  }

  async #pastHeld(lengthBytes: number): Promise<void> {
    if (this.#held === null) return;
    await this.#verification.passKnown(lengthBytes, this.#held.list, (into, position) => this.#readBack(into, position));
    await this.#writer.skip(lengthBytes);
  }

  async #readBack(into: Buffer, position: number): Promise<void> {
    this.#o.signal?.throwIfAborted();
    for (let at = 0; at < into.length; ) {
      const { bytesRead } = await this.#handle.read(into, at, into.length - at, position + at);
      if (bytesRead === 0) throw new BtsootError('io', 'a file in staging has become shorter');
      at += bytesRead;
    }
  }

  /**
   * Goes on with the file of a partial, where the first copy takes all that is durable of it, or it is of this very
   * content: no byte is copied then. The file leaves its old place when the new sidecar is durable.
   */
  async #adopt(basis: number, lengthBytes: number): Promise<boolean> {
    const { bases, partials, staging, step, expected } = this.#o;
    const partial = bases.partial(basis);
    if (partial === null || expected === null || lengthBytes > partial.durableBytes) return false;
    if (lengthBytes < partial.durableBytes && !sameContent(partial.content, step.content)) return false;
    // Another file of this stream may have taken it.
    const handle = await open(partials.path(partial.name), OPEN_FLAGS).catch(() => null);
    if (handle === null) return false;
    await this.#handle.close();
    this.#handle = handle;
    this.#held = { basis, bytes: partial.durableBytes, list: partial.chunks };
    await handle.truncate(partial.durableBytes);
    this.#writer = new SparseWriter(handle, partial.durableBytes);
    await this.#pastHeld(lengthBytes);
    await this.#checkpoint();
    await this.#checkpoints?.settle();
    partials.handOver(partial.name, staging.path(this.#name));
    bases.replace(basis, openPart(staging.path(this.#name), partial.durableBytes));
    return true;
  }

  async #close(): Promise<void> {
    await this.#checkpoints?.close();
    await this.#handle.close().catch(() => undefined);
    this.#o.bases.close();
  }
}
