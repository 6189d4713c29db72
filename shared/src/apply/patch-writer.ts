import { type FileHandle, open, rm } from 'node:fs/promises';
import { ByteWriter } from '../model/byte-fields.js';
import type { Content } from '../model/entry.js';
import { Xxh3 } from '../model/xxh3.js';
import { BLOCK_BYTES, FORMAT_VERSION, footerOf } from './patch-format.js';

const ZEROS = Buffer.alloc(BLOCK_BYTES);

/** Writes a patch file (patch-format.ts): the ranges in ascending order, then `finish`. Calls must not overlap. */
export class PatchWriter {
  readonly #handle: FileHandle;
  readonly #path: Buffer;
  readonly #starts: number[] = [];
  readonly #ends: number[] = [];
  readonly #blockHash = new Xxh3();
  readonly #blocks: Buffer[] = [];
  #lengthBytes = 0;
  #isOpen = true;

  private constructor(handle: FileHandle, path: Buffer) {
    this.#handle = handle;
    this.#path = path;
  }

  static async create(path: Buffer): Promise<PatchWriter> {
    return new PatchWriter(await open(path, 'wx', 0o600), path);
  }

  /** Of all ranges together. */
  get lengthBytes(): number {
    return this.#lengthBytes;
  }

  get starts(): readonly number[] {
    return this.#starts;
  }

  get ends(): readonly number[] {
    return this.#ends;
  }

  /** The content's bytes from `position` on. What adjoins the range before becomes part of it. */
  async append(position: number, bytes: Buffer): Promise<void> {
    await this.#write(bytes, this.#lengthBytes);
    this.#note(position, bytes.length);
    this.#hash(bytes);
  }

  /** As `append`, without writing them: they are a hole in the file. */
  zeros(position: number, lengthBytes: number): void {
    this.#note(position, lengthBytes);
    for (let left = lengthBytes; left > 0; left -= ZEROS.length) this.#hash(ZEROS.subarray(0, Math.min(left, ZEROS.length)));
  }

  /** Completes the file and closes it; making it durable is left to the caller. */
  async finish(makes: Content, over: Content): Promise<void> {
    if (this.#lengthBytes % BLOCK_BYTES > 0) this.#endBlock();
    const trailer = this.#trailer(makes, over);
    await this.#write(Buffer.concat([trailer, footerOf(trailer)]), this.#lengthBytes);
    await this.#close();
  }

  /** Removes the file. Harmless at any time. */
  async discard(): Promise<void> {
    await this.#close().catch(() => undefined);
    await rm(this.#path, { force: true });
  }

  async #close(): Promise<void> {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    await this.#handle.close();
  }

  async #write(bytes: Buffer, offset: number): Promise<void> {
    for (let at = 0; at < bytes.length; ) {
      const { bytesWritten } = await this.#handle.write(bytes, at, bytes.length - at, offset + at);
      at += bytesWritten;
    }
  }

  #note(position: number, lengthBytes: number): void {
    if (this.#ends.at(-1) === position) this.#ends.pop();
    else this.#starts.push(position);
    this.#ends.push(position + lengthBytes);
  }

  #hash(bytes: Buffer): void {
    for (let at = 0; at < bytes.length; ) {
      const room = BLOCK_BYTES - (this.#lengthBytes % BLOCK_BYTES);
      const piece = bytes.subarray(at, at + room);
      this.#blockHash.update(piece);
      at += piece.length;
      this.#lengthBytes += piece.length;
      if (piece.length === room) this.#endBlock();
    }
  }

  #endBlock(): void {
    this.#blocks.push(Buffer.from(this.#blockHash.digest(), 'hex'));
    this.#blockHash.reset();
  }

  #trailer(makes: Content, over: Content): Buffer {
    const writer = new ByteWriter(64 + 8 * this.#starts.length + 16 * this.#blocks.length);
    writer.byte(FORMAT_VERSION);
    for (const { hash, sizeBytes } of [makes, over]) {
      writer.varint(sizeBytes);
      writer.bytes(Buffer.from(hash, 'hex'));
    }
    writer.varint(this.#starts.length);
    let at = 0;
    this.#starts.forEach((start, index) => {
      const end = this.#ends[index] ?? start;
      writer.varint(start - at);
      writer.varint(end - start);
      at = end;
    });
    for (const block of this.#blocks) writer.bytes(block);
    return writer.finish();
  }
}
