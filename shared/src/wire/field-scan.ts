import { invalid } from './fields.js';

/** A field as its message's definition has it. */
export interface Field {
  readonly name: string;
  /** Varints of 32 bits (booleans and enumerations too), varints of 64 bits, and what has a length: bytes, text, messages. */
  readonly type: 'varint32' | 'varint64' | 'bytes';
  /** How often it may come in one message; of a packed field, its values count. */
  readonly most: number;
  /** Whether its values may come together, behind one length. */
  readonly packable: boolean;
  /** What is in it, where it is a message. */
  readonly inside: Shape | null;
}

/** A message's fields, by number. */
export interface Shape {
  readonly name: string;
  readonly fields: readonly (Field | undefined)[];
}

const varint32MaxBytes = 5;
const varint64MaxBytes = 10;

/**
 * Walks a message's bytes and refuses what would make many objects of few bytes, before anything is made of them:
 * decoded, an empty entry of a list takes 300 times its size. Reads as protobufjs does, or refuses: what that lets
 * pass in more than one way (overlong numbers, other wire types than defined, groups) no sender of ours writes.
 * Fields that are not defined are skipped, as a later minor version may have them.
 * @throws BtsootError of kind `invalid`.
 */
export function checkFields(bytes: Uint8Array, shape: Shape): void {
  new FieldScan(bytes).message(shape, bytes.length);
}

class FieldScan {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  message(shape: Shape, end: number): void {
    const counts: number[] = [];
    while (this.#at < end) {
      const tag = this.#number(end);
      const number = tag >>> 3;
      const field = shape.fields[number];
      if (field === undefined) {
        this.#skip(tag & 7, end);
        continue;
      }
      const count = (counts[number] ?? 0) + this.#field(field, tag & 7, end);
      if (count > field.most) throw invalid(`a ${shape.name} has more than ${field.most} of ${field.name}`);
      counts[number] = count;
    }
  }

  /** Returns how many values it went over. */
  #field(field: Field, wireType: number, end: number): number {
    const varintMaxBytes = field.type === 'varint64' ? varint64MaxBytes : varint32MaxBytes;
    if (wireType === 0 && field.type !== 'bytes') {
      this.#skipVarint(end, varintMaxBytes);
      return 1;
    }
    if (wireType !== 2 || (field.type !== 'bytes' && !field.packable)) {
      throw invalid(`${field.name} comes as wire type ${wireType}`);
    }
    const fieldEnd = this.#length(end);
    if (field.inside !== null) this.message(field.inside, fieldEnd);
    else if (field.type === 'bytes') this.#at = fieldEnd;
    else return this.#packed(fieldEnd, varintMaxBytes, field);
    return 1;
  }

  #packed(end: number, varintMaxBytes: number, field: Field): number {
    let count = 0;
    for (; this.#at < end && count <= field.most; count++) this.#skipVarint(end, varintMaxBytes);
    return count;
  }

  #skip(wireType: number, end: number): void {
    if (wireType === 0) this.#skipVarint(end, varint64MaxBytes);
    else if (wireType === 1) this.#at += 8;
    else if (wireType === 2) this.#at = this.#length(end);
    else if (wireType === 5) this.#at += 4;
    else throw invalid(`a field has wire type ${wireType}`);
    if (this.#at > end) throw cutOff();
  }

  #skipVarint(end: number, mostBytes: number): void {
    const start = this.#at;
    for (;;) {
      if (this.#at >= end) throw cutOff();
      if (this.#at - start >= mostBytes) throw overlong();
      if ((this.#bytes[this.#at++] ?? 0) < 0x80) return;
    }
  }

  /** A tag or a length: a varint of 32 bits. */
  #number(end: number): number {
    const start = this.#at;
    this.#skipVarint(end, varint32MaxBytes);
    let value = 0;
    for (let at = this.#at - 1; at >= start; at--) value = value * 0x80 + ((this.#bytes[at] ?? 0) & 0x7f);
    if (value > 0xffff_ffff) throw overlong();
    return value;
  }

  /** Reads a length, and returns where what it measures ends. */
  #length(end: number): number {
    const length = this.#number(end);
    if (length > end - this.#at) throw cutOff();
    return this.#at + length;
  }
}

function cutOff(): Error {
  return invalid('it is cut off');
}

function overlong(): Error {
  return invalid('a number in it is too long');
}
