import { randomBytes } from 'node:crypto';
import { chmodSync, closeSync, constants, lstatSync, mkdirSync, openSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { copyFile, rm } from 'node:fs/promises';
import { pathBytes } from '../disk/byte-path.js';
import { encodeLinkFile } from '../disk/link-file.js';
import { applyAttributes, applyMetadata, setModificationTime, withInode } from '../disk/metadata.js';
import { inodeNumber } from '../disk/seen.js';
import { dropDefaultAcl } from '../disk/xattrs.js';
import { type LinkTarget, toBytes } from '../model/bytes.js';
import type { Content, Kind, Metadata } from '../model/entry.js';
import { errnoOf } from '../model/errors.js';
import { BY_NUMBER, type Owners } from '../model/owners.js';
import { NO_SHORTCOMINGS, type Shortcomings } from '../model/shortcomings.js';
import type { Special } from '../model/special.js';
import { hashBytes } from '../model/xxh3.js';
import { type NewThing, StepFailed } from './action.js';
import { heldMetadata } from './held.js';
import { makeSpecial } from './make-special.js';
import { mismatch } from './verification.js';

export interface StagingOptions {
  readonly chown: boolean;
  readonly owners?: Owners;
  /** Where there are no symlinks, files stand for them (disk/link-file.ts). */
  readonly shortcomings?: Shortcomings;
}

/** Makes new things in the staging folder, complete with their metadata, so that a rename is all that is left to do. */
export class Staging {
  readonly #directory: string;
  readonly #chown: boolean;
  readonly #owners: Owners;
  readonly #symlinks: boolean;
  /** Makes names unlike any that an earlier process left. */
  readonly #prefix = randomBytes(6).toString('hex');
  #next = 1;

  /** `directory`: absolute, a byte string. */
  constructor(directory: string, { chown, owners = BY_NUMBER, shortcomings = NO_SHORTCOMINGS }: StagingOptions) {
    this.#directory = directory;
    this.#chown = chown;
    this.#owners = owners;
    this.#symlinks = shortcomings.symlinks;
    // What is made here must not get an ACL that a folder above has handed down.
    withInode(pathBytes(directory), dropDefaultAcl);
  }

  path(name: string): Buffer {
    return pathBytes(`${this.#directory}/${name}`);
  }

  /** A name in staging that nothing has. */
  newName(): string {
    return `${this.#prefix}-${this.#next++}`;
  }

  directory(meta: Metadata): NewThing {
    const name = this.newName();
    mkdirSync(this.path(name), { mode: 0o700 });
    // Only a folder that its owner may write to can be moved to another; it gets its own mode in its place.
    return this.seal(name, 'directory', { ...meta, mode: meta.mode | 0o700 });
  }

  symlink(target: LinkTarget, meta: Metadata): NewThing {
    const name = this.newName();
    if (!this.#symlinks || !makeLink(target, this.path(name)))
      writeFileSync(this.path(name), linkFile(target), { flag: 'wx', mode: 0o600 });
    return this.seal(name, 'symlink', meta);
  }

  /** @throws StepFailed where this process may not make such a file, or the file system cannot. */
  special(special: Special, meta: Metadata): NewThing {
    const name = this.newName();
    const fd = openSync(pathBytes(this.#directory), constants.O_RDONLY | constants.O_DIRECTORY);
    try {
      // A path of plain characters, which the program that makes the file takes from any of us.
      makeSpecial(`/proc/${process.pid}/fd/${fd}/${name}`, special);
    } finally {
      closeSync(fd);
    }
    return this.seal(name, 'special', meta);
  }

  /**
   * A small file that is here in one piece. Written without giving up the thread: for thousands of them, that costs a
   * third of what promises do.
   * @throws StepFailed `mismatch` when the bytes are not the announced content.
   */
  whole(bytes: Buffer, content: Content, meta: Metadata): NewThing {
    if (bytes.length !== content.sizeBytes || hashBytes(bytes) !== content.hash) throw mismatch();
    const name = this.newName();
    const path = this.path(name);
    const held = heldMetadata('file', meta, this.#owners);
    try {
      const ino = this.#write(path, bytes, held);
      // Some network file systems give a file their own time when it is closed.
      setModificationTime(path, held.mtimeUs);
      return { kind: 'new', name, ino: ino.toString() };
    } catch (error) {
      rmSync(path, { force: true });
      throw error;
    }
  }

  /** The folder is closed to others, so the file may have its mode from the start. @returns its inode number */
  #write(path: Buffer, bytes: Buffer, meta: Metadata): bigint {
    const fd = openSync(path, 'wx', (meta.mode & 0o777) | 0o600);
    try {
      writeFileSync(fd, bytes);
      return applyAttributes(fd, meta, { chown: this.#chown });
    } finally {
      closeSync(fd);
    }
  }

  /**
   * Makes a file that shares its blocks with another, and may be written to.
   * @returns its name, or null where that cannot be done with this one
   */
  async clone(from: Buffer): Promise<string | null> {
    const name = this.newName();
    try {
      await copyFile(from, this.path(name), constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE_FORCE);
      chmodSync(this.path(name), 0o600);
      return name;
    } catch {
      await rm(this.path(name), { force: true });
      return null;
    }
  }

  /** Gives something in staging the metadata that it will have in its place. */
  seal(name: string, kind: Kind, meta: Metadata): NewThing {
    const path = this.path(name);
    applyMetadata(path, kind, heldMetadata(kind, meta, this.#owners), { chown: this.#chown, isNew: true });
    return { kind: 'new', name, ino: inodeNumber(lstatSync(path, { bigint: true })).toString() };
  }
}

/** False where the file system has no symlink for such a target: some hold only text, or less of it than others. */
function makeLink(target: LinkTarget, path: Buffer): boolean {
  try {
    symlinkSync(toBytes(target), path);
    return true;
  } catch (error) {
    const code = errnoOf(error);
    if (code !== 'ENAMETOOLONG' && code !== 'EILSEQ' && code !== 'EINVAL') throw error;
    return false;
  }
}

function linkFile(target: LinkTarget): Buffer {
  const file = encodeLinkFile(target);
  if (file !== null) return file;
  const message = `the disk cannot hold where this link leads to: ${target.length} bytes are more than a file that stands for a link has room for`;
  throw new StepFailed({ kind: 'failed', message, noSpace: false });
}
