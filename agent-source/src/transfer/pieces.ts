import type { Op } from '@btsoot/shared/delta/op.js';
import { OpList } from '@btsoot/shared/delta/op-list.js';
import { splitZeros } from '@btsoot/shared/delta/split-zeros.js';
import { limits } from '@btsoot/shared/model/limits.js';
import type { SourceFile } from '../source-file.js';

/** A part of a file that crosses in one message or a few: its ops, and the bytes of its literals one after the other. */
export interface Piece {
  /** Where in the file it begins. */
  readonly position: number;
  readonly ops: readonly Op[];
  readonly literals: Buffer;
}

/** What many ops take on the wire stays far below a frame. */
const OPS_MAX = 8_192;
/** Up to here a read is answered from memory, where the search for what is new has just been: not worth a thread. */
const READ_NOW_MAX_BYTES = 64 * 1024;

/**
 * A file's ops with their bytes, in pieces with up to `literalsMaxBytes` of literals each. Runs of zeros in literals
 * become ops of their own.
 * @throws SourceChanged where the file has become shorter
 */
export async function* piecesOf(
  ops: readonly Op[],
  file: SourceFile,
  literalsMaxBytes: number,
): AsyncGenerator<Piece, void, undefined> {
  const builder = new PieceBuilder(literalsMaxBytes);
  let position = 0;
  for (const op of ops) {
    const end = position + op.lengthBytes;
    if (op.kind !== 'literal') yield* builder.add(op);
    while (op.kind === 'literal' && position < end) {
      const bytes = await readSome(file, position, end - position);
      let used = 0;
      for (const part of splitZeros(bytes)) {
        yield* part.kind === 'zeros' ? builder.add(part) : builder.literal(bytes.subarray(used, used + part.lengthBytes));
        used += part.lengthBytes;
      }
      position += bytes.length;
    }
    position = end;
  }
  yield* builder.rest();
}

async function readSome(file: SourceFile, position: number, mostBytes: number): Promise<Buffer> {
  if (mostBytes <= READ_NOW_MAX_BYTES) return file.readNow(position, mostBytes);
  return await file.read(position, Math.min(mostBytes, limits.unpackedSizeMaxBytes));
}

/** The same piece in several, none with more literal bytes than that. */
export function splitPiece(piece: Piece, literalsMaxBytes: number): Piece[] {
  const builder = new PieceBuilder(literalsMaxBytes, piece.position);
  const pieces: Piece[] = [];
  let used = 0;
  for (const op of piece.ops) {
    if (op.kind !== 'literal') pieces.push(...builder.add(op));
    else {
      pieces.push(...builder.literal(piece.literals.subarray(used, used + op.lengthBytes)));
      used += op.lengthBytes;
    }
  }
  pieces.push(...builder.rest());
  return pieces;
}

class PieceBuilder {
  readonly #literalsMaxBytes: number;
  #position: number;
  #end: number;
  #ops = new OpList();
  #opCount = 0;
  #literals: Buffer[] = [];
  #literalBytes = 0;

  constructor(literalsMaxBytes: number, position = 0) {
    this.#literalsMaxBytes = literalsMaxBytes;
    this.#position = position;
    this.#end = position;
  }

  *add(op: Exclude<Op, { kind: 'literal' }>): Generator<Piece, void, undefined> {
    this.#put(op);
    if (this.#opCount >= OPS_MAX) yield this.#take();
  }

  *literal(bytes: Buffer): Generator<Piece, void, undefined> {
    for (let at = 0; at < bytes.length; ) {
      const part = bytes.subarray(at, at + this.#literalsMaxBytes - this.#literalBytes);
      this.#literals.push(part);
      this.#literalBytes += part.length;
      at += part.length;
      this.#put({ kind: 'literal', lengthBytes: part.length });
      if (this.#literalBytes === this.#literalsMaxBytes || this.#opCount >= OPS_MAX) yield this.#take();
    }
  }

  *rest(): Generator<Piece, void, undefined> {
    if (this.#opCount > 0) yield this.#take();
  }

  #put(op: Op): void {
    this.#ops.add(op);
    this.#opCount++;
    this.#end += op.lengthBytes;
  }

  #take(): Piece {
    const literals = this.#literals.length === 1 ? (this.#literals[0] as Buffer) : Buffer.concat(this.#literals);
    const piece = { position: this.#position, ops: this.#ops.finish(), literals };
    this.#position = this.#end;
    this.#opCount = 0;
    this.#literals = [];
    this.#literalBytes = 0;
    return piece;
  }
}
