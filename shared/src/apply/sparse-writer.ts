import { writeSync } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';

const BUFFER_BYTES = 256 * 1024;
/** Pieces from this size on are worth a write of their own. */
const DIRECT_BYTES = 64 * 1024;
/** What file systems allocate by, and what a hole is made of. */
const BLOCK_BYTES = 4096;
const ZEROS = Buffer.alloc(BLOCK_BYTES);

/**
 * Writes a file from its first byte to its last, small pieces together. Blocks of zeros are left out where the file has
 * nothing yet, so that what was sparse stays sparse.
 */
export class SparseWriter {
  readonly #handle: FileHandle;
  readonly #freshFrom: number;
  /** Made when it is first needed. */
  #buffer = Buffer.alloc(0);
  /** Where the buffer's first byte goes. */
  #start = 0;
  #filled = 0;
  /** No byte at or beyond this was written, nor was there when it began. */
  #writtenEnd: number;
  #failure: unknown = null;

  /** @param heldBytes how much the file holds already. */
  constructor(handle: FileHandle, heldBytes: number) {
    this.#handle = handle;
    this.#freshFrom = heldBytes;
    this.#writtenEnd = heldBytes;
  }

  get position(): number {
    return this.#start + this.#filled;
  }

  async write(bytes: Buffer): Promise<void> {
    if (this.#filled === 0 && bytes.length >= DIRECT_BYTES) {
      await this.#put(bytes);
      return;
    }
    for (let at = 0; at < bytes.length; ) {
      const copied = bytes.copy(await this.room(), 0, at);
      this.advance(copied);
      at += copied;
    }
  }

  /** Where the next bytes may be put without copying them again; `advance` says how many were. Never empty. */
  async room(): Promise<Buffer> {
    // Up to a block's border of the file: else no block of zeros would ever be seen whole.
    const end = BUFFER_BYTES - (this.#start % BLOCK_BYTES);
    if (this.#filled === end) await this.#drain();
    if (this.#buffer.length === 0) this.#buffer = Buffer.allocUnsafe(BUFFER_BYTES);
    return this.#buffer.subarray(this.#filled, BUFFER_BYTES - (this.#start % BLOCK_BYTES));
  }

  advance(lengthBytes: number): void {
    this.#filled += lengthBytes;
  }

  /** Zeros, which are written only where the file held something else. */
  async zeros(lengthBytes: number): Promise<void> {
    const end = this.position + lengthBytes;
    while (this.position < end) {
      if (this.position >= this.#freshFrom && end - this.position >= BUFFER_BYTES) return this.skip(end - this.position);
      const part = (await this.room()).subarray(0, end - this.position);
      part.fill(0);
      this.advance(part.length);
    }
  }

  /** Leaves what the file holds there. */
  async skip(lengthBytes: number): Promise<void> {
    await this.#drain();
    this.#start += lengthBytes;
  }

  /**
   * Everything until here is in the file then, though not durable, and the file is at least as long as that. Where any
   * write has failed, this does too.
   */
  async flush(): Promise<void> {
    await this.#drain();
    if (this.#writtenEnd >= this.#start) return;
    await this.#handle.truncate(this.#start);
    this.#writtenEnd = this.#start;
  }

  async #drain(): Promise<void> {
    if (this.#failure !== null) throw this.#failure;
    const bytes = this.#buffer.subarray(0, this.#filled);
    this.#filled = 0;
    await this.#put(bytes);
  }

  async #put(bytes: Buffer): Promise<void> {
    const position = this.#start;
    this.#start += bytes.length;
    const ranges = position >= this.#freshFrom ? solid(bytes, position) : [[0, bytes.length] as const];
    try {
      for (const [from, to] of ranges) {
        writeAll(this.#handle.fd, bytes.subarray(from, to), position + from);
        this.#writtenEnd = Math.max(this.#writtenEnd, position + to);
      }
    } catch (error) {
      this.#failure = error;
      throw error;
    }
  }
}

/** The ranges of `bytes`, which go to `position`, between whole blocks of zeros. */
function* solid(bytes: Buffer, position: number): Generator<readonly [number, number]> {
  let from = 0;
  for (let at = (BLOCK_BYTES - (position % BLOCK_BYTES)) % BLOCK_BYTES; at + BLOCK_BYTES <= bytes.length; at += BLOCK_BYTES) {
    if (bytes[at] !== 0 || !bytes.subarray(at, at + BLOCK_BYTES).equals(ZEROS)) continue;
    if (at > from) yield [from, at];
    from = at + BLOCK_BYTES;
  }
  if (from < bytes.length) yield [from, bytes.length];
}

/**
 * At once, into the kernel's cache: a thread would take longer to begin, and more would come in meanwhile and have to be
 * held. Where the disk is slower than the link, the kernel holds a write up for 200 ms at most.
 */
function writeAll(fd: number, bytes: Buffer, position: number): void {
  for (let at = 0; at < bytes.length; ) at += writeSync(fd, bytes, at, bytes.length - at, position + at);
}
