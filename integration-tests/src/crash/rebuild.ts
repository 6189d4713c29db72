import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  closeSync,
  ftruncateSync,
  lchownSync,
  linkSync,
  lstatSync,
  lutimesSync,
  mkdirSync,
  openSync,
  symlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { giveAttributes } from './attributes.js';
import type { Node, StandIn } from './disk.js';
import type { Facts } from './trace.js';

/** Makes real files of what a disk in memory has. Names of one inode become links of one, those below different folders too. */
export class Rebuilding {
  readonly #made = new Map<Node, string>();

  /** At `path`, which must not exist. */
  build(node: Node, path: string): void {
    if (node.kind === 'other') return;
    const place = Buffer.from(path, 'latin1');
    const first = this.#made.get(node);
    if (first !== undefined) {
      linkSync(Buffer.from(first, 'latin1'), place);
      return;
    }
    if (node.kind === 'file') writeFileSync(place, node.bytes);
    else if (node.kind === 'symlink') symlinkSync(node.bytes, place);
    else if (node.kind === 'fifo') makeFifo(path);
    else {
      mkdirSync(place);
      for (const [name, child] of node.entries) this.build(child, `${path}/${name}`);
    }
    this.#made.set(node, path);
    giveFacts(node, place);
  }

  /** What each inode stands for. To be asked when all is built: another link changes an inode's time. */
  standIns(): StandIn[] {
    return [...this.#made].map(([{ facts }, path]) => standInAt(path, facts));
  }
}

function standInAt(path: string, is: Facts): StandIn {
  const { ino, mtimeNs, ctimeNs, birthtimeNs } = lstatSync(Buffer.from(path, 'latin1'), { bigint: true });
  return { ino, mtimeNs, ctimeNs, btimeNs: birthtimeNs, is };
}

/** Of an argument Node makes UTF-8, which is the same bytes for what the scenario has. */
function makeFifo(path: string): void {
  execFileSync('mkfifo', ['--', path]);
}

function giveFacts({ kind, facts, xattrs }: Node, place: Buffer): void {
  lchownSync(place, facts.uid, facts.gid);
  if (xattrs.size > 0) giveAttributes(place, xattrs);
  if (kind !== 'symlink') chmodSync(place, facts.mode & 0o7777);
  // Between two microseconds, so that none is lost on the way through a double.
  const seconds = (Number(facts.mtimeNs / 1000n) + 0.5) / 1e6;
  lutimesSync(place, seconds, seconds);
}

const STAND_IN_BYTES = 64;
const STAND_INS_MAX = 20_000;

/** The file by which disk-shim.c tells what inodes stand for. Programs that run see each change at once. */
export class InodeMap {
  readonly #fd: number;

  constructor(file: string) {
    this.#fd = openSync(file, 'wx+');
    ftruncateSync(this.#fd, 8 + STAND_INS_MAX * STAND_IN_BYTES);
  }

  /** Of several for one inode the last counts. No program may use what they are of meanwhile. */
  set(standIns: readonly StandIn[]): void {
    const unique = [...new Map(standIns.map((one) => [one.ino, one])).values()].sort((a, b) => (a.ino < b.ino ? -1 : 1));
    if (unique.length > STAND_INS_MAX) throw new Error(`${unique.length} inodes are more than the map holds`);
    const bytes = Buffer.alloc(8 + unique.length * STAND_IN_BYTES);
    bytes.writeBigUInt64LE(BigInt(unique.length), 0);
    unique.forEach(({ ino, mtimeNs, ctimeNs, btimeNs, is }, index) => {
      const fields = [ino, mtimeNs, ctimeNs, btimeNs, BigInt(is.ino), is.mtimeNs, is.ctimeNs, is.btimeNs];
      fields.forEach((value, field) => {
        bytes.writeBigInt64LE(value, 8 + index * STAND_IN_BYTES + field * 8);
      });
    });
    writeSync(this.#fd, bytes, 0, bytes.length, 0);
  }

  close(): void {
    closeSync(this.#fd);
  }
}
