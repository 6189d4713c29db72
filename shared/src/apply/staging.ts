import { constants, lstatSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { copyFile, type FileHandle, open, rm } from 'node:fs/promises';
import { pathBytes } from '../disk/byte-path.js';
import { applyMetadata } from '../disk/metadata.js';
import { type LinkTarget, toBytes } from '../model/bytes.js';
import type { Content, Metadata } from '../model/entry.js';
import { limits } from '../model/limits.js';
import { hashBytes, Xxh3 } from '../model/xxh3.js';
import type { Staged } from './action.js';
import { StepFailed } from './action.js';
import { heldMetadata } from './held.js';

/** Makes new things in the staging folder, complete with their metadata, so that a rename is all that is left to do. */
export class Staging {
  readonly #directory: string;
  readonly #chown: boolean;
  #next = 1;

  /** `directory`: absolute, a byte string. */
  constructor(directory: string, options: { chown: boolean }) {
    this.#directory = directory;
    this.#chown = options.chown;
  }

  path(name: string): Buffer {
    return pathBytes(`${this.#directory}/${name}`);
  }

  directory(meta: Metadata): Staged {
    const name = this.#name();
    mkdirSync(this.path(name), { mode: 0o700 });
    // Only a folder that its owner may write to can be moved to another; it gets its own mode in its place.
    return this.#seal(name, 'directory', { ...meta, mode: meta.mode | 0o700 });
  }

  symlink(target: LinkTarget, meta: Metadata): Staged {
    const name = this.#name();
    symlinkSync(toBytes(target), this.path(name));
    return this.#seal(name, 'symlink', meta);
  }

  /**
   * A small file that is here in one piece. Written without giving up the thread: for thousands of them, that costs a
   * third of what promises do.
   * @throws StepFailed `mismatch` when the bytes are not the announced content.
   */
  whole(bytes: Buffer, content: Content, meta: Metadata): Staged {
    if (bytes.length !== content.sizeBytes || hashBytes(bytes) !== content.hash) throw mismatch();
    const name = this.#name();
    try {
      writeFileSync(this.path(name), bytes, { flag: 'wx', mode: 0o600 });
      return this.#seal(name, 'file', meta);
    } catch (error) {
      rmSync(this.path(name), { force: true });
      throw error;
    }
  }

  /** Opens a file that its content is written to piece by piece. */
  async file(content: Content, meta: Metadata): Promise<StagedFile> {
    const name = this.#name();
    const handle = await open(this.path(name), 'wx', 0o600);
    return new StagedFile(handle, this.path(name), content, () => this.#seal(name, 'file', meta));
  }

  /**
   * Copies a file that is here already. A reflink costs nothing and is taken on trust of the stat check that the
   * caller made; any other copy reads the bytes anyway, so it verifies them.
   */
  async copy(from: Buffer, content: Content, meta: Metadata): Promise<Staged> {
    const name = this.#name();
    try {
      await copyFile(from, this.path(name), constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE_FORCE);
      return this.#seal(name, 'file', meta);
    } catch {
      await rm(this.path(name), { force: true });
    }
    const file = await this.file(content, meta);
    try {
      const source = await open(from, constants.O_RDONLY | constants.O_NOFOLLOW);
      try {
        await pump(source, file);
      } finally {
        await source.close();
      }
      return await file.complete();
    } catch (error) {
      await file.discard();
      throw error;
    }
  }

  #name(): string {
    return String(this.#next++);
  }

  #seal(name: string, kind: 'file' | 'directory' | 'symlink', meta: Metadata): Staged {
    const path = this.path(name);
    applyMetadata(path, kind, heldMetadata(kind, meta), { chown: this.#chown });
    return { name, ino: lstatSync(path, { bigint: true }).ino.toString() };
  }
}

/** A file being received: written in order, hashed on the way, checked before it counts. */
export class StagedFile {
  readonly #handle: FileHandle;
  readonly #path: Buffer;
  readonly #content: Content;
  readonly #seal: () => Staged;
  readonly #hash = new Xxh3();
  #writtenBytes = 0;

  constructor(handle: FileHandle, path: Buffer, content: Content, seal: () => Staged) {
    this.#handle = handle;
    this.#path = path;
    this.#content = content;
    this.#seal = seal;
  }

  get remainingBytes(): number {
    return this.#content.sizeBytes - this.#writtenBytes;
  }

  async write(bytes: Buffer): Promise<void> {
    this.#hash.update(bytes);
    for (let at = 0; at < bytes.length; ) {
      const { bytesWritten } = await this.#handle.write(bytes, at, bytes.length - at, this.#writtenBytes + at);
      at += bytesWritten;
    }
    this.#writtenBytes += bytes.length;
  }

  /** @throws StepFailed `mismatch` when the bytes are not the announced content; nothing is left in staging then. */
  async complete(): Promise<Staged> {
    const hash = this.#hash.digest();
    if (this.remainingBytes !== 0 || hash !== this.#content.hash) {
      await this.discard();
      throw mismatch();
    }
    await this.#handle.close();
    return this.#seal();
  }

  async discard(): Promise<void> {
    await this.#handle.close().catch(() => undefined);
    await rm(this.#path, { force: true });
  }
}

function mismatch(): StepFailed {
  return new StepFailed({ kind: 'mismatch', message: 'the bytes are not those that the hash names' });
}

async function pump(source: FileHandle, into: StagedFile): Promise<void> {
  const buffer = Buffer.allocUnsafe(limits.frameSizeMaxBytes);
  for (;;) {
    const { bytesRead } = await source.read(buffer, 0, buffer.length, null);
    if (bytesRead === 0) return;
    await into.write(buffer.subarray(0, bytesRead));
  }
}
