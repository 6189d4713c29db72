import { closeSync, constants, fstatSync, openSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import { type ChunkList, listDigest, unpackChunks } from '../delta/chunk-list.js';
import type { Layout } from '../delta/layout.js';
import { readAt } from '../disk/read-at.js';
import { seenFromStats } from '../disk/seen.js';
import type { Delivery } from '../model/delivery.js';
import { type Content, type FileNode, sameContent } from '../model/entry.js';
import { BtsootError, peerFault } from '../model/errors.js';
import { limits } from '../model/limits.js';
import type { Seen } from '../model/seen.js';
import type { FileStep } from '../model/step.js';
import { Xxh3 } from '../model/xxh3.js';
import { drifted, type Patch } from './action.js';
import { hashOfChunk } from './chunk-hashes.js';
import type { Holdings } from './content-reader.js';
import { isRoot } from './held.js';
import { PatchFile } from './patch-file.js';
import { PatchWriter } from './patch-writer.js';
import { sameIdentity } from './resolve.js';
import type { Sink } from './sink.js';
import type { Staging } from './staging.js';
import { hasRoomForUndo } from './undo-chain.js';
import { mismatch } from './verification.js';

const openFlags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

export interface InPlaceQuestion {
  readonly holdings: Holdings;
  readonly step: FileStep;
  readonly delivery: Delivery;
  /** Where files can share their blocks, a clone costs as little, and readers never see a mixture. */
  readonly reflinks: boolean;
  /** Without history there is no place for what leads back. */
  readonly keepsHistory: boolean;
}

/**
 * Whether a delivery can be patched into the very file that it replaces. The file must be in its place already: the
 * steps before this one must have been executed, as far as they have to do with it.
 */
export function canPatchInPlace({ holdings, step, delivery, reflinks, keepsHistory }: InPlaceQuestion): boolean {
  const old = step.replaces?.content;
  const basis = delivery.bases[0];
  if (reflinks || !keepsHistory || !delivery.positional || delivery.chunksDigest === null) return false;
  if (old === null || old === undefined || basis === undefined || basis.partial) return false;
  if (!sameContent(basis.content, old) || sameContent(old, step.content)) return false;
  if (step.content.sizeBytes < limits.inPlaceSizeMinBytes) return false;
  if (old.sizeBytes - step.content.sizeBytes > limits.inPlaceChangeMaxBytes) return false;
  const row = holdings.manifest.lookup(step.path);
  // A second name would show the new version before its own step has run, and one of them may be an old version in history.
  if (row?.kind !== 'file' || row.group !== null || (step.group ?? null) !== null) return false;
  if (!sameContent(row.content, old) || holdings.manifest.chunks(old) === null) return false;
  return isOurs(holdings, row) && hasRoomForUndo(holdings.manifest, row.id, old);
}

/** As the manifest says, with no second name, and not somebody else's. */
function isOurs({ manifest, tree, shortcomings }: Holdings, row: FileNode): boolean {
  const known = manifest.seen(row.id);
  const now = tree.lstat(manifest.locate(row.id).diskPath);
  if (known === null || now === null || !sameIdentity(known, now, 'file', shortcomings)) return false;
  return now.nlink === 1 && (isRoot() || now.uid === process.geteuid?.());
}

export interface InPlaceOptions {
  readonly holdings: Holdings;
  readonly staging: Staging;
  /** One for which `canPatchInPlace` said yes. */
  readonly step: FileStep;
  readonly layout: Layout;
  readonly chunksDigest: string;
  /** Cuts short what is done when the last byte has come. */
  readonly signal: AbortSignal | null;
}

interface Opened {
  readonly names: Patch;
  /** Of the old version. */
  readonly list: ChunkList;
  readonly fd: number;
  readonly redo: PatchWriter;
}

/**
 * Receives the changes of a file that will be patched where it is. The new bytes go to a redo file; when all have come,
 * the old ones under them go to an undo file, and the chunks they are in are hashed as they will be. Of the old file, only
 * those chunks are read; the others are those of its chunk list, which must make the list that the content has.
 */
export class InPlacePatch implements Sink {
  readonly #o: InPlaceOptions;
  readonly #names: Patch;
  readonly #old: Content;
  readonly #oldList: ChunkList;
  readonly #fd: number;
  readonly #redo: PatchWriter;
  /** For what is read of the old file, piece by piece. */
  readonly #buffer = Buffer.allocUnsafeSlow(limits.frameSizeMaxBytes);
  #undo: PatchWriter | null = null;
  #isOpen = true;
  #position = 0;
  #list: ChunkList | null = null;

  private constructor(options: InPlaceOptions, old: Content, opened: Opened) {
    this.#o = options;
    this.#names = opened.names;
    this.#old = old;
    this.#oldList = opened.list;
    this.#fd = opened.fd;
    this.#redo = opened.redo;
  }

  /** @throws StepFailed `drift` where the file has changed since `canPatchInPlace`, `mismatch` where its chunk list is damaged. */
  static async open(options: InPlaceOptions): Promise<InPlacePatch> {
    const { holdings, staging, step } = options;
    const old = step.replaces?.content;
    const packed = old && holdings.manifest.chunks(old);
    if (!old || !packed) throw new BtsootError('internal', 'a file is patched in place that cannot be');
    const list = unpackOwn(packed, old.sizeBytes);
    const names: Patch = { kind: 'patch', redo: staging.newName(), undo: staging.newName() };
    const fd = openTarget(holdings, step);
    try {
      return new InPlacePatch(options, old, { names, list, fd, redo: await PatchWriter.create(staging.path(names.redo)) });
    } catch (error) {
      closeSync(fd);
      throw error;
    }
  }

  get remainingBytes(): number {
    return this.#o.step.content.sizeBytes - this.#position;
  }

  get list(): ChunkList | null {
    return this.#list;
  }

  async literal(bytes: Buffer): Promise<void> {
    const at = this.#advance(bytes.length);
    await this.#redo.append(at, bytes);
    this.#requireSmall();
  }

  async zeros(lengthBytes: number): Promise<void> {
    const at = this.#advance(lengthBytes);
    if (this.#redo.lengthBytes + lengthBytes <= limits.inPlaceChangeMaxBytes) this.#redo.zeros(at, lengthBytes);
    else throw tooMuch();
    this.#requireSmall();
  }

  async copy(basis: number, from: number, lengthBytes: number): Promise<void> {
    const at = this.#advance(lengthBytes);
    if (basis === 0 && from === at && at + lengthBytes <= this.#old.sizeBytes) return;
    throw peerFault('a delivery that changes a file in place moves bytes about in it');
  }

  async complete(): Promise<Patch> {
    const { step, staging } = this.#o;
    await this.#redo.finish(step.content, this.#old);
    const list = await this.#hashChunks();
    if (listDigest(list) !== this.#o.chunksDigest) throw mismatch();
    // Last, so that what will be written over is in memory then: the patch holds up everybody while it is done.
    this.#undo = await PatchWriter.create(staging.path(this.#names.undo));
    await this.#keepOldBytes(this.#undo);
    await this.#undo.finish(this.#old, step.content);
    this.#list = list;
    this.#close();
    return this.#names;
  }

  async discard(): Promise<void> {
    this.#close();
    await this.#redo.discard();
    await this.#undo?.discard();
  }

  /** What was sent of so small a change is not worth keeping. */
  async suspend(): Promise<void> {
    await this.discard();
  }

  #advance(lengthBytes: number): number {
    const at = this.#position;
    if (lengthBytes > this.remainingBytes) throw peerFault('more file data came than announced');
    this.#position += lengthBytes;
    return at;
  }

  #requireSmall(): void {
    const { lengthBytes, starts } = this.#redo;
    if (lengthBytes > limits.inPlaceChangeMaxBytes || starts.length > limits.inPlaceRangesMax) throw tooMuch();
  }

  /** What the redo file overwrites, and what lies behind the new end. */
  async #keepOldBytes(undo: PatchWriter): Promise<void> {
    for (const [index, start] of this.#redo.starts.entries()) {
      await this.#keep(undo, start, Math.min(this.#redo.ends[index] ?? start, this.#old.sizeBytes));
    }
    await this.#keep(undo, this.#o.step.content.sizeBytes, this.#old.sizeBytes);
  }

  async #keep(undo: PatchWriter, start: number, end: number): Promise<void> {
    for (let at = start; at < end; ) {
      this.#o.signal?.throwIfAborted();
      const piece = this.#buffer.subarray(0, Math.min(end - at, this.#buffer.length));
      if (this.#readOld(piece, at) < piece.length) throw drifted('the file has become shorter on the disk');
      await undo.append(at, piece);
      at += piece.length;
    }
  }

  async #hashChunks(): Promise<ChunkList> {
    const { averageBytes, ends } = this.#o.layout;
    const { starts: changedFrom, ends: changedTo } = this.#redo;
    const redo = new PatchFile(() => openSync(this.#o.staging.path(this.#names.redo), openFlags));
    const hashes = Buffer.alloc(16 * ends.length);
    let start = 0;
    let change = 0;
    for (const [index, end] of ends.entries()) {
      while ((changedTo[change] ?? end) <= start) change++;
      const isChanged = (changedFrom[change] ?? end) < end;
      const known = isChanged ? null : hashOfChunk(this.#oldList, start, end);
      (known ?? (await this.#hashChunk(redo, start, end))).copy(hashes, 16 * index);
      start = end;
    }
    return { averageBytes, ends, hashes };
  }

  /** As it will be when the patch is done. */
  async #hashChunk(redo: PatchFile, start: number, end: number): Promise<Buffer> {
    const hash = new Xxh3();
    for (let at = start; at < end; at += limits.frameSizeMaxBytes) {
      const piece = this.#buffer.subarray(0, Math.min(end - at, this.#buffer.length));
      piece.fill(0, this.#readOld(piece, at));
      redo.overlay(piece, at);
      hash.update(piece);
      await setImmediate();
      this.#o.signal?.throwIfAborted();
    }
    return hash.digestBytes();
  }

  /** Returns how much was read: less than wanted where the old file ends. */
  #readOld(into: Buffer, position: number): number {
    return readAt(this.#fd, into.subarray(0, Math.max(0, this.#old.sizeBytes - position)), position);
  }

  #close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    closeSync(this.#fd);
  }
}

/** @throws StepFailed `mismatch` for a list that is damaged: the file can come whole */
function unpackOwn(packed: Buffer, sizeBytes: number): ChunkList {
  try {
    return unpackChunks(packed, sizeBytes);
  } catch (error) {
    throw error instanceof BtsootError ? mismatch() : error;
  }
}

function openTarget({ manifest, tree, shortcomings }: Holdings, { path }: FileStep): number {
  const row = manifest.lookup(path);
  const known = row === undefined ? null : manifest.seen(row.id);
  const fd = tree.at(row === undefined ? path : manifest.locate(row.id).diskPath, (place) => openSync(place, openFlags));
  if (known !== null && sameIdentity(known, statOf(fd, tree.dev), 'file', shortcomings)) return fd;
  closeSync(fd);
  throw drifted('the file that is to be patched has changed on the disk');
}

function statOf(fd: number, rootDev: bigint): Seen {
  return seenFromStats(fstatSync(fd, { bigint: true }), rootDev);
}

function tooMuch(): BtsootError {
  return peerFault('a delivery that changes a file in place changes more of it than is allowed');
}
