import { BtsootError } from '../model/errors.js';

/** Seven bits a byte, least significant first (LEB128), so 2^53 - 1 takes eight. */
const VARINT_MAX_BYTES = 8;
const DOUBLE_BYTES = 8;

/** `latin1`: of byte strings (bytes.ts). `hex`: of lower-case hexadecimal digits, two a byte. */
type TextEncoding = 'latin1' | 'hex';

/** Bytes that are written one field after the other. Varints are whole numbers, from 0 to 2^53 - 1. */
export class ByteWriter {
  #bytes: Buffer;
  #length = 0;

  constructor(expectedBytes = 64) {
    this.#bytes = Buffer.allocUnsafe(Math.max(expectedBytes, VARINT_MAX_BYTES));
  }

  get length(): number {
    return this.#length;
  }

  byte(value: number): void {
    this.#reserve(1);
    this.#bytes[this.#length++] = value;
  }

  varint(value: number): void {
    this.#reserve(VARINT_MAX_BYTES);
    let rest = value;
    // No shifts: they would cut numbers off at 32 bits.
    for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) this.#bytes[this.#length++] = 0x80 | (rest % 0x80);
    this.#bytes[this.#length++] = rest;
  }

  bytes(value: Uint8Array): void {
    this.#reserve(value.length);
    this.#bytes.set(value, this.#length);
    this.#length += value.length;
  }

  /** A byte string, or hexadecimal digits, without its length. */
  text(value: string, encoding: TextEncoding): void {
    this.#reserve(value.length);
    const written = this.#bytes.write(value, this.#length, encoding);
    if (encoding === 'hex' && 2 * written !== value.length) throw new BtsootError('internal', 'a text is not hexadecimal');
    this.#length += written;
  }

  /** Any number at all. */
  double(value: number): void {
    this.#reserve(DOUBLE_BYTES);
    this.#length = this.#bytes.writeDoubleLE(value, this.#length);
  }

  /** What was written. It may share memory with the writer, which is not to be used any more. */
  finish(): Buffer {
    return this.#bytes.subarray(0, this.#length);
  }

  #reserve(more: number): void {
    if (this.#length + more <= this.#bytes.length) return;
    const grown = Buffer.allocUnsafe(Math.max(2 * this.#bytes.length, this.#length + more));
    this.#bytes.copy(grown, 0, 0, this.#length);
    this.#bytes = grown;
  }
}

/** Reads what a `ByteWriter` wrote, or bytes that only claim to be that: each error is a BtsootError of kind `invalid`. */
export class ByteReader {
  readonly #bytes: Buffer;
  readonly #what: string;
  #at = 0;

  /** `what` begins the errors' texts: "A patch", say. */
  constructor(bytes: Buffer, what: string) {
    this.#bytes = bytes;
    this.#what = what;
  }

  get remaining(): number {
    return this.#bytes.length - this.#at;
  }

  byte(): number {
    const value = this.#bytes[this.#at];
    if (value === undefined) throw this.#cut();
    this.#at += 1;
    return value;
  }

  varint(): number {
    let value = 0;
    let unit = 1;
    for (let count = 0; count < VARINT_MAX_BYTES; count += 1, unit *= 0x80) {
      const byte = this.byte();
      value += (byte & 0x7f) * unit;
      if (byte >= 0x80) continue;
      if (value > Number.MAX_SAFE_INTEGER) break;
      return value;
    }
    throw new BtsootError('invalid', `${this.#what} holds a number that is too large`);
  }

  /** Shares memory with what is read. */
  bytes(lengthBytes: number): Buffer {
    if (lengthBytes > this.remaining) throw this.#cut();
    this.#at += lengthBytes;
    return this.#bytes.subarray(this.#at - lengthBytes, this.#at);
  }

  text(lengthBytes: number, encoding: TextEncoding): string {
    if (lengthBytes > this.remaining) throw this.#cut();
    this.#at += lengthBytes;
    return this.#bytes.toString(encoding, this.#at - lengthBytes, this.#at);
  }

  double(): number {
    if (DOUBLE_BYTES > this.remaining) throw this.#cut();
    this.#at += DOUBLE_BYTES;
    return this.#bytes.readDoubleLE(this.#at - DOUBLE_BYTES);
  }

  #cut(): BtsootError {
    return new BtsootError('invalid', `${this.#what} ends in the middle of a field`);
  }
}

/** Where the varint that begins at `at` ends, or where it has become too long to be one; null where more bytes could follow. */
export function varintEnd(bytes: Buffer, at: number): number | null {
  const most = at + VARINT_MAX_BYTES;
  for (let index = at; index < most; index += 1) {
    const byte = bytes[index];
    if (byte === undefined) return null;
    if (byte < 0x80) return index + 1;
  }
  return most;
}
