import { type BigIntStats, closeSync, lstatSync, openSync, readdirSync, readlinkSync, readSync } from 'node:fs';
import { attributesIn, getfattrMissing } from './attributes.js';

/*
 * Says where two trees differ. The judge of the integration tests, so it shares no code with the program: it believes
 * only what lstat, readdir, readlink and read say, and of attributes what getfattr says, where that is installed.
 */

export interface CompareOptions {
  /** Compare owner and group. Only a remote agent that runs as root can set them. */
  readonly owners?: boolean;
  /** Compare the two roots' own metadata too. Default: yes. */
  readonly roots?: boolean;
  /** Compare extended attributes and ACLs. Default: where getfattr is installed. */
  readonly attributes?: boolean;
}

const differencesMax = 40;
const pieceBytes = 1024 * 1024;

/** One line per difference, at most 40 of them. Empty: the trees are equal. */
export function treeDifferences(left: string, right: string, options: CompareOptions = {}): string[] {
  const owners = options.owners ?? process.geteuid?.() === 0;
  const differences: string[] = [];
  const folders: Buffer[] = [];
  const [leftFirst, rightFirst] = [new FirstNames(), new FirstNames()];
  const report = (path: Buffer, what: string): void => {
    differences.push(`${JSON.stringify(path.toString('latin1'))}: ${what}`);
  };
  const compareOne = (path: Buffer): void => {
    const [leftPlace, rightPlace] = [join(left, path), join(right, path)];
    const [leftStats, rightStats] = [statOf(leftPlace), statOf(rightPlace)];
    for (const what of statDifferences(leftStats, rightStats, owners)) report(path, what);
    if (typeOf(leftStats) !== typeOf(rightStats)) return;
    if (leftStats.isDirectory()) folders.push(path);
    if (leftStats.isFile()) {
      if (!sameBytes(leftPlace, rightPlace)) report(path, 'the bytes differ');
      const [leftName, rightName] = [leftFirst.of(path, leftStats), rightFirst.of(path, rightStats)];
      if (leftName !== rightName) report(path, `hard link of ${JSON.stringify(leftName)} against ${JSON.stringify(rightName)}`);
    }
    if (leftStats.isSymbolicLink()) {
      const [leftTarget, rightTarget] = [readlinkSync(leftPlace, 'buffer'), readlinkSync(rightPlace, 'buffer')];
      if (!leftTarget.equals(rightTarget)) report(path, `link target ${leftTarget} against ${rightTarget}`);
    }
  };

  const root = Buffer.alloc(0);
  if (options.roots === false) folders.push(root);
  else compareOne(root);
  for (let folder = folders.pop(); folder !== undefined && differences.length < differencesMax; folder = folders.pop()) {
    const leftNames = namesIn(join(left, folder));
    const rightNames = namesIn(join(right, folder));
    for (const name of leftNames.values()) {
      const path = folder.length === 0 ? name : Buffer.concat([folder, Buffer.from('/'), name]);
      if (rightNames.delete(name.toString('latin1'))) compareOne(path);
      else report(path, 'only on the left');
      if (differences.length >= differencesMax) return differences;
    }
    for (const name of rightNames.values()) report(Buffer.concat([folder, Buffer.from('/'), name]), 'only on the right');
  }
  if (options.attributes ?? getfattrMissing === false) {
    for (const what of attributeDifferences(left, right, options.roots !== false)) differences.push(what);
  }
  return differences.slice(0, differencesMax);
}

/** Of entries that lie on both sides: what is missing is said already. */
function attributeDifferences(left: string, right: string, roots: boolean): string[] {
  const [leftOnes, rightOnes] = [attributesIn(left), attributesIn(right)];
  const paths = new Set([...leftOnes.keys(), ...rightOnes.keys()]);
  if (!roots) paths.delete('.');
  return [...paths].flatMap((path) => {
    const [leftOne = 'none', rightOne = 'none'] = [leftOnes.get(path), rightOnes.get(path)];
    return leftOne === rightOne ? [] : [`${JSON.stringify(path)}: attributes ${leftOne} against ${rightOne}`];
  });
}

/** Of the names that are looked at on one side, the first that each file has. */
class FirstNames {
  readonly #names = new Map<string, string>();

  of(path: Buffer, { dev, ino, nlink }: BigIntStats): string {
    const name = path.toString('latin1');
    if (nlink === 1n) return name;
    const key = `${dev}:${ino}`;
    const first = this.#names.get(key);
    if (first === undefined) this.#names.set(key, name);
    return first ?? name;
  }
}

/** Keyed by the bytes as latin1, which keeps names apart that would decode to the same text. */
function namesIn(directory: Buffer): Map<string, Buffer> {
  return new Map(readdirSync(directory, 'buffer').map((name) => [name.toString('latin1'), name]));
}

function join(root: string, path: Buffer): Buffer {
  return path.length === 0 ? Buffer.from(root) : Buffer.concat([Buffer.from(`${root}/`), path]);
}

function statOf(place: Buffer): BigIntStats {
  return lstatSync(place, { bigint: true });
}

function statDifferences(left: BigIntStats, right: BigIntStats, owners: boolean): string[] {
  if (typeOf(left) !== typeOf(right)) return [`${typeOf(left)} against ${typeOf(right)}`];
  const found: string[] = [];
  const [leftMode, rightMode] = [left.mode & 0o7777n, right.mode & 0o7777n];
  if (leftMode !== rightMode) found.push(`mode ${leftMode.toString(8)} against ${rightMode.toString(8)}`);
  const [leftUs, rightUs] = [left.mtimeNs / 1000n, right.mtimeNs / 1000n];
  if (leftUs !== rightUs) found.push(`modified at ${leftUs} against ${rightUs} microseconds`);
  if (owners && (left.uid !== right.uid || left.gid !== right.gid)) {
    found.push(`owner ${left.uid}:${left.gid} against ${right.uid}:${right.gid}`);
  }
  if (left.isFile() && left.size !== right.size) found.push(`size ${left.size} against ${right.size}`);
  return found;
}

function typeOf(stats: BigIntStats): string {
  if (stats.isFile()) return 'file';
  if (stats.isDirectory()) return 'directory';
  if (stats.isSymbolicLink()) return 'symlink';
  if (stats.isFIFO()) return 'FIFO';
  if (stats.isSocket()) return 'socket';
  return `${stats.isBlockDevice() ? 'block' : 'character'} device ${stats.rdev}`;
}

function sameBytes(left: Buffer, right: Buffer): boolean {
  const leftFile = openSync(left, 'r');
  const rightFile = openSync(right, 'r');
  try {
    return sameStream(leftFile, rightFile);
  } finally {
    closeSync(leftFile);
    closeSync(rightFile);
  }
}

const leftPiece = Buffer.alloc(pieceBytes);
const rightPiece = Buffer.alloc(pieceBytes);

function sameStream(left: number, right: number): boolean {
  for (;;) {
    const leftLength = readFully(left, leftPiece);
    const rightLength = readFully(right, rightPiece);
    if (!leftPiece.subarray(0, leftLength).equals(rightPiece.subarray(0, rightLength))) return false;
    if (leftLength < pieceBytes) return true;
  }
}

function readFully(from: number, into: Buffer): number {
  let length = 0;
  while (length < into.length) {
    const count = readSync(from, into, length, into.length - length, null);
    if (count === 0) break;
    length += count;
  }
  return length;
}
