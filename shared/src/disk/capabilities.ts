import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  constants,
  copyFileSync,
  lchownSync,
  linkSync,
  lstatSync,
  mkdirSync,
  rmSync,
  statfsSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { display } from '../model/bytes.js';
import { fromSystemError } from '../model/errors.js';
import { fileSystemTypes } from '../model/file-system-type.js';
import type { Shortcomings } from '../model/shortcomings.js';
import { packXattrs } from '../model/xattrs.js';
import { type BytePath, pathBytes } from './byte-path.js';
import { setModificationTime, withInode } from './metadata.js';
import { probeNames } from './name-probe.js';
import { readXattrs, setXattr } from './xattrs.js';

/** What the file system under a directory, and this process on it, can do. */
export interface Capabilities extends Shortcomings {
  readonly hardLinks: boolean;
  /** Whether any owner can be set. */
  readonly chown: boolean;
  /** Whether permission bits are kept. */
  readonly modes: boolean;
  /** Whether modification times are kept to the microsecond. */
  readonly exactTimes: boolean;
  /** Whether a file can be cloned, so that both share their blocks until one is written to. */
  readonly reflinks: boolean;
  /** Whether extended attributes can be set. */
  readonly xattrs: boolean;
}

const FAT_FILE_MAX_BYTES = 2 ** 32 - 1;

/** The largest block that a file system of today has. */
const CLONED_BYTES = 64 * 1024;

/**
 * Tries each thing for real, in a temporary folder inside `directory`, which is gone afterwards.
 * @throws BtsootError when nothing can be written there at all.
 */
export function probe(directory: BytePath): Capabilities {
  const folder = makeFolder(pathBytes(directory));
  try {
    const at = (name: string): Buffer => Buffer.concat([folder, Buffer.from(`/${name}`, 'latin1')]);
    writeFileSync(at('file'), 'x');
    return {
      hardLinks: works(() => linkSync(at('file'), at('hard'))) && lstatSync(at('hard')).nlink === 2,
      symlinks: works(() => symlinkSync('file', at('soft'))) && lstatSync(at('soft')).isSymbolicLink(),
      chown: works(() => lchownSync(at('file'), 1, 1)) && lstatSync(at('file')).uid === 1,
      modes: keepsModes(at('file')),
      exactTimes: keepsTimes(at('file')),
      nameRules: probeNames(folder),
      stableInodes: keepsInodes(directory, at),
      fileSizeMaxBytes: typeOf(directory) === fileSystemTypes.fat ? FAT_FILE_MAX_BYTES : null,
      reflinks: works(() => clone(at('file'), at('clone'))),
      xattrs: keepsXattrs(at('file')),
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function makeFolder(directory: Buffer): Buffer {
  const folder = Buffer.concat([directory, Buffer.from(`/.btsoot-probe-${randomBytes(6).toString('hex')}`)]);
  try {
    mkdirSync(folder, { mode: 0o700 });
    return folder;
  } catch (error) {
    throw fromSystemError(error, `cannot write to ${display(directory.toString('latin1'))}`);
  }
}

function works(trial: () => void): boolean {
  try {
    trial();
    return true;
  } catch {
    return false;
  }
}

/** A whole block, since smaller files may lie in their inode, which cannot be shared. */
function clone(file: Buffer, copy: Buffer): void {
  writeFileSync(file, Buffer.alloc(CLONED_BYTES, 'x'));
  copyFileSync(file, copy, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE_FORCE);
}

/** FAT and exFAT number what they have in memory; a file system in user space that folds names often numbers paths. */
function keepsInodes(directory: BytePath, at: (name: string) => Buffer): boolean {
  const type = typeOf(directory);
  if (type === fileSystemTypes.fat || type === fileSystemTypes.exfat) return false;
  const other = lstatSync(at('FILE'), { bigint: true, throwIfNoEntry: false });
  return other === undefined || other.ino === lstatSync(at('file'), { bigint: true }).ino;
}

function typeOf(directory: BytePath): bigint {
  return statfsSync(pathBytes(directory), { bigint: true }).type;
}

function keepsModes(file: Buffer): boolean {
  return [0o600, 0o751].every((mode) => works(() => chmodSync(file, mode)) && (lstatSync(file).mode & 0o7777) === mode);
}

function keepsTimes(file: Buffer): boolean {
  const mtimeUs = 1_500_000_001_234_567;
  return works(() => setModificationTime(file, mtimeUs)) && lstatSync(file, { bigint: true }).mtimeNs / 1000n === BigInt(mtimeUs);
}

function keepsXattrs(file: Buffer): boolean {
  const probed = { name: 'user.btsoot', value: Buffer.from('probe') };
  return withInode(file, (fd) => {
    setXattr(fd, probed);
    const reading = readXattrs(fd);
    return reading !== 'unsupported' && reading.xattrs === packXattrs([probed]);
  });
}
