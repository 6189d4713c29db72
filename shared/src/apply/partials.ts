import {
  chmodSync,
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
} from 'node:fs';
import { CHUNK_HASH_BYTES, type ChunkList, packChunks } from '../delta/chunk-list.js';
import { pathBytes } from '../disk/byte-path.js';
import { fsyncDirectory } from '../disk/durable.js';
import { readAt } from '../disk/read-at.js';
import { display } from '../model/bytes.js';
import type { Partial } from '../model/delivery.js';
import { type Content, contentKey, sameContent } from '../model/entry.js';
import { BtsootError, fromSystemError } from '../model/errors.js';
import { limits } from '../model/limits.js';
import type { Area } from './area.js';
import { type OpenContent, WholeFile } from './content-reader.js';
import { contentOfSidecar, decodeSidecar, SIDECAR_BEGIN_BYTES, SIDECAR_SIZE_MAX_BYTES } from './sidecar.js';

/** A partial as it lies in its folder. */
export interface FoundPartial extends Partial {
  /** Its file's name there. */
  readonly name: string;
  /** Of its durable bytes. */
  readonly chunks: ChunkList;
  readonly recordedMs: number;
}

const SIDECAR_SUFFIX = '.chunks';
const OPEN_FLAGS = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/** The name of a staged file's sidecar, which lies beside it. */
export function sidecarName(name: string): string {
  return `${name}${SIDECAR_SUFFIX}`;
}

/**
 * What deliveries that were cut off have left: the first part of a file, and beside it a sidecar that says which content it
 * is of and which chunks of it are durable. A pair whose sidecar is damaged, or claims more than there is, counts as nothing.
 */
export class Partials {
  readonly #area: Area;
  readonly #kept = new Set<string>();

  constructor(area: Area) {
    this.#area = area;
  }

  /** Newest first, at most `limits.partialsMax`. */
  list(): Partial[] {
    return this.#find().map(({ content, durableBytes }) => ({ content, durableBytes }));
  }

  find(content: Content): FoundPartial | null {
    return this.#find(content)[0] ?? null;
  }

  /** The packed list of the durable bytes, or null where there is no such partial. */
  chunks(content: Content): Buffer | null {
    const found = this.find(content);
    return found === null ? null : packChunks(found.chunks);
  }

  /** @throws BtsootError `not-found`, or `io` */
  open(content: Content): OpenContent {
    const found = this.find(content);
    if (found === null) throw new BtsootError('not-found', 'nothing was kept of this content');
    return openPart(this.path(found.name), found.durableBytes);
  }

  path(name: string): Buffer {
    return pathBytes(`${this.#area.partial.path}/${name}`);
  }

  /** Takes a file that was being received out of staging, with its sidecar; or removes both where too little is durable. */
  keep(name: string): void {
    const staged = (file: string): Buffer => pathBytes(`${this.#area.staging.path}/${file}`);
    const found = readPair(this.#area.staging.path, name);
    if (found === null || found.durableBytes < limits.partialSizeMinBytes) {
      for (const file of [name, sidecarName(name)]) rmSync(staged(file), { recursive: true, force: true });
      return;
    }
    chmodSync(staged(name), 0o600);
    truncateSync(staged(name), found.durableBytes);
    for (const file of [name, sidecarName(name)]) renameSync(staged(file), this.path(file));
    fsyncDirectory(this.#area.partial.path);
    this.#kept.add(name);
    this.sweep();
  }

  /** What a process that died left in staging becomes partials, where it can; what cannot be one goes. */
  recover(): void {
    for (const name of readdirSync(pathBytes(this.#area.staging.path), 'latin1')) {
      if (name.endsWith(SIDECAR_SUFFIX)) this.keep(name.slice(0, -SIDECAR_SUFFIX.length));
    }
    this.sweep();
  }

  /** Removes what is no partial, or one too many. */
  sweep(): void {
    this.#removeAllBut(new Set(this.#find().map(({ name }) => name)));
  }

  /** Removes those that were not kept by this very object. */
  removeOld(): void {
    this.#removeAllBut(this.#kept);
  }

  /** Moves a partial's file to where it is received on. The sidecar there must name its durable chunks already. */
  handOver(name: string, to: Buffer): void {
    renameSync(this.path(name), to);
    rmSync(this.path(sidecarName(name)), { force: true });
  }

  #removeAllBut(names: ReadonlySet<string>): void {
    for (const file of readdirSync(pathBytes(this.#area.partial.path), 'latin1')) {
      const name = file.endsWith(SIDECAR_SUFFIX) ? file.slice(0, -SIDECAR_SUFFIX.length) : file;
      if (!names.has(name)) rmSync(this.path(file), { force: true, recursive: true });
    }
  }

  /** @param wanted null for all. Sidecars can be large: those of others are not read. */
  #find(wanted: Content | null = null): FoundPartial[] {
    const directory = this.#area.partial.path;
    const names = readdirSync(pathBytes(directory), 'latin1').filter((name) => !name.endsWith(SIDECAR_SUFFIX));
    const oldestMs = Date.now() - limits.partialAgeMaxMs;
    const found = names
      .flatMap((name) => readPair(directory, name, wanted) ?? [])
      .filter(({ recordedMs }) => recordedMs >= oldestMs);
    found.sort((a, b) => b.recordedMs - a.recordedMs || b.durableBytes - a.durableBytes);
    return largestOfEach(found).slice(0, limits.partialsMax);
  }
}

/** Of several of one content, the one with most of it. */
function largestOfEach(found: readonly FoundPartial[]): FoundPartial[] {
  const largest = new Map<string, FoundPartial>();
  for (const one of found) {
    const known = largest.get(contentKey(one.content));
    if (known === undefined || known.durableBytes < one.durableBytes) largest.set(contentKey(one.content), one);
  }
  return found.filter((one) => largest.get(contentKey(one.content)) === one);
}

/** Opens the first part of a file in one of our own folders. The caller closes it. */
export function openPart(path: Buffer, sizeBytes: number): OpenContent {
  const shown = display(path.toString('latin1'));
  try {
    return new WholeFile(openSync(path, OPEN_FLAGS), sizeBytes, shown);
  } catch (error) {
    throw fromSystemError(error, `opening ${shown}`);
  }
}

function readPair(directory: string, name: string, wanted: Content | null = null): FoundPartial | null {
  try {
    const { bytes, recordedMs } = readSidecar(pathBytes(`${directory}/${sidecarName(name)}`), wanted);
    const sidecar = decodeSidecar(bytes);
    const data = lstatSync(pathBytes(`${directory}/${name}`));
    if (sidecar === null || !data.isFile()) return null;
    const chunks = belowSize(sidecar.chunks, sidecar.content.sizeBytes);
    const durableBytes = chunks.ends.at(-1) ?? 0;
    if (durableBytes === 0 || durableBytes > data.size) return null;
    return { name, content: sidecar.content, durableBytes, chunks, recordedMs };
  } catch {
    // Not there, not readable, or no sidecar at all: then there is no partial.
    return null;
  }
}

function readSidecar(path: Buffer, wanted: Content | null): { bytes: Buffer; recordedMs: number } {
  const fd = openSync(path, OPEN_FLAGS);
  try {
    const { size, mtimeMs } = fstatSync(fd);
    if (size > SIDECAR_SIZE_MAX_BYTES) throw new BtsootError('corrupt', 'a sidecar is too large');
    const begin = Buffer.alloc(SIDECAR_BEGIN_BYTES);
    readAt(fd, begin, 0);
    if (wanted !== null && !sameContent(contentOfSidecar(begin), wanted)) throw new BtsootError('not-found', 'it is of another');
    return { bytes: readFileSync(fd), recordedMs: mtimeMs };
  } finally {
    closeSync(fd);
  }
}

/** A partial is less than its content: of one that is all there, the last chunk counts as missing. */
function belowSize(chunks: ChunkList, sizeBytes: number): ChunkList {
  if (chunks.ends.at(-1) !== sizeBytes) return chunks;
  const count = chunks.ends.length - 1;
  return {
    averageBytes: chunks.averageBytes,
    ends: chunks.ends.subarray(0, count),
    hashes: chunks.hashes.subarray(0, count * CHUNK_HASH_BYTES),
  };
}
