import { createHash, type Hash } from 'node:crypto';
import { type BigIntStats, lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { attributesOf } from './attributes.js';
import type { Change, Facts } from './trace.js';

/** A real inode, and the one that it stands for. */
export interface StandIn {
  readonly ino: bigint;
  readonly mtimeNs: bigint;
  readonly ctimeNs: bigint;
  readonly btimeNs: bigint;
  readonly is: Facts;
}

/** A file, folder, symlink or FIFO of a disk in memory. Anything else (sockets) has neither bytes nor entries. */
export interface Node {
  readonly kind: 'file' | 'directory' | 'symlink' | 'fifo' | 'other';
  facts: Facts;
  /** A file's bytes, a symlink's target. */
  bytes: Buffer;
  /** What `bytes` lies at the start of, zeros behind it; null where other disks may share it: then it is not written to. */
  own: Buffer | null;
  /** Of `bytes`, where that is known. */
  hash: string | null;
  readonly entries: Map<string, Node>;
  /** Extended attributes, by name. */
  readonly xattrs: Map<string, Buffer>;
}

/**
 * How much of a change a disk takes:
 * - `whole`, or `none` of it
 * - `half`: the first half of a write
 * - `zeros`: a write has got its place in the file, and its bytes have not got there
 * An inode that a change makes is there in any case; it is its name that may be missing.
 */
export type Share = 'whole' | 'none' | 'half' | 'zeros';

const NO_BYTES = Buffer.alloc(0);

/** The files below one folder, in memory, to which recorded changes can be made. */
export class Disk {
  readonly root: Node;
  readonly #byInode = new Map<number, Node>();

  private constructor(root: Node) {
    this.root = root;
  }

  /** What lies at `path` now. Inodes that stand for others are those. */
  static read(path: string, standIns: readonly StandIn[] = []): Disk {
    const disk = new Disk(readNode(path, new Map(), new Map(standIns.map((one) => [one.ino, one]))));
    disk.#index(disk.root);
    return disk;
  }

  /** A disk that can be changed without this one noticing. */
  copy(): Disk {
    const disk = new Disk(copyNode(this.root, new Map()));
    disk.#index(disk.root);
    return disk;
  }

  /** The folder, file or symlink at a path below the root, or undefined. */
  find(path: string): Node | undefined {
    let node: Node | undefined = this.root;
    for (const name of path.split('/')) node = node?.entries.get(name);
    return node;
  }

  /** Names all that lies at these paths: disks with the same signature are the same there. */
  signature(paths: readonly string[]): string {
    const hash = createHash('sha1');
    for (const path of paths) {
      const node = this.find(path);
      hash.update(`/${path}\0`);
      if (node !== undefined) sign(node, hash);
    }
    return hash.digest('hex');
  }

  apply(change: Change, share: Share): void {
    switch (change.kind) {
      case 'create':
        this.#make(change, 'file', share);
        return;
      case 'make-directory':
        this.#make(change, 'directory', share);
        return;
      case 'symlink':
        this.#make(change, 'symlink', share);
        return;
      case 'fifo':
        this.#make(change, 'fifo', share);
        return;
      case 'link':
        if (share !== 'none') this.#enter(change);
        return;
      case 'unlink':
      case 'remove-directory':
        if (share !== 'none') this.#leave(change);
        return;
      case 'rename':
        if (share !== 'none') this.#rename(change);
        return;
      case 'write':
        this.#write(change, share);
        return;
      case 'truncate':
        if (share !== 'none') this.#resize(change);
        return;
      case 'metadata':
      case 'set-xattr':
      case 'remove-xattr':
        if (share !== 'none') this.#changeInode(change);
        return;
      case 'fsync':
      case 'fdatasync':
      case 'syncfs':
        return;
    }
  }

  #make(change: Change, kind: Node['kind'], share: Share): void {
    const bytes = kind === 'symlink' ? Buffer.from(change.data) : NO_BYTES;
    const node = { kind, facts: change.it, bytes, own: null, hash: null, entries: new Map(), xattrs: new Map() };
    this.#byInode.set(change.it.ino, node);
    if (share !== 'none') this.#enter(change);
  }

  #enter({ it, parent, name }: Change): void {
    const node = this.#byInode.get(it.ino);
    const directory = this.#byInode.get(parent.ino);
    if (node === undefined || directory === undefined) return;
    directory.entries.set(name, node);
    touch(directory, parent);
    node.facts = { ...node.facts, ctimeNs: it.ctimeNs };
  }

  #leave({ it, parent, name }: Change): void {
    const directory = this.#byInode.get(parent.ino);
    const node = directory?.entries.get(name);
    if (directory === undefined || node === undefined) return;
    directory.entries.delete(name);
    touch(directory, parent);
    if (node.facts.ino === it.ino) node.facts = { ...node.facts, ctimeNs: it.ctimeNs };
  }

  #rename({ it, parent, parent2, name, name2 }: Change): void {
    const [from, to] = [this.#byInode.get(parent.ino), this.#byInode.get(parent2.ino)];
    const node = from?.entries.get(name);
    if (from === undefined || to === undefined || node === undefined) return;
    // Of two names of one file, rename(2) leaves both.
    if (to.entries.get(name2) === node) return;
    from.entries.delete(name);
    to.entries.set(name2, node);
    touch(from, parent);
    touch(to, parent2);
    node.facts = { ...node.facts, ctimeNs: it.ctimeNs };
  }

  #write({ it, at, data }: Change, share: Share): void {
    const node = this.#byInode.get(it.ino);
    if (node === undefined || share === 'none') return;
    const written = share === 'half' ? data.subarray(0, data.length >> 1) : share === 'zeros' ? Buffer.alloc(data.length) : data;
    makeRoom(node, Math.max(node.bytes.length, at + written.length));
    written.copy(node.bytes, at);
    touch(node, it);
  }

  #resize({ it, at }: Change): void {
    const node = this.#byInode.get(it.ino);
    if (node === undefined) return;
    if (at < node.bytes.length) Object.assign(node, { bytes: node.bytes.subarray(0, at), own: null });
    makeRoom(node, at);
    touch(node, it);
  }

  #changeInode({ kind, it, name, data }: Change): void {
    const node = this.#byInode.get(it.ino);
    if (node === undefined) return;
    node.facts = it;
    if (kind === 'set-xattr') node.xattrs.set(name, data);
    if (kind === 'remove-xattr') node.xattrs.delete(name);
  }

  #index(node: Node): void {
    this.#byInode.set(node.facts.ino, node);
    for (const child of node.entries.values()) this.#index(child);
  }
}

/** Gives the file that many bytes, to be written to. */
function makeRoom(node: Node, sizeBytes: number): void {
  node.hash = null;
  if (node.own === null || node.own.length < sizeBytes) {
    node.own = Buffer.alloc(sizeBytes + (sizeBytes >> 1));
    node.bytes.copy(node.own);
  }
  node.bytes = node.own.subarray(0, sizeBytes);
}

function sign(node: Node, hash: Hash): void {
  const { ino, mode, uid, gid, mtimeNs, ctimeNs } = node.facts;
  node.hash ??= createHash('sha1').update(node.bytes).digest('hex');
  hash.update(`${node.kind} ${ino} ${mode} ${uid} ${gid} ${mtimeNs} ${ctimeNs} ${node.hash}\n`);
  for (const name of [...node.xattrs.keys()].sort()) hash.update(`${name}=${node.xattrs.get(name)?.toString('hex')}\n`);
  for (const name of [...node.entries.keys()].sort()) {
    hash.update(`${name}\0`);
    sign(node.entries.get(name) as Node, hash);
  }
  hash.update('\n');
}

function touch(node: Node, { mtimeNs, ctimeNs }: Facts): void {
  node.facts = { ...node.facts, mtimeNs, ctimeNs };
}

function readNode(path: string, known: Map<bigint, Node>, standIns: ReadonlyMap<bigint, StandIn>): Node {
  const place = Buffer.from(path, 'latin1');
  const stats = lstatSync(place, { bigint: true });
  const seen = known.get(stats.ino);
  if (seen !== undefined) return seen;
  const kind = kindOf(stats);
  const bytes = kind === 'file' ? readFileSync(place) : kind === 'symlink' ? readlinkSync(place, 'buffer') : NO_BYTES;
  const node: Node = {
    kind,
    facts: standIns.get(stats.ino)?.is ?? factsOf(stats),
    bytes,
    own: null,
    hash: null,
    entries: new Map(),
    xattrs: kind === 'file' || kind === 'directory' ? attributesOf(place) : new Map(),
  };
  known.set(stats.ino, node);
  if (kind === 'directory') {
    for (const name of readdirSync(place, 'latin1')) node.entries.set(name, readNode(`${path}/${name}`, known, standIns));
  }
  return node;
}

function copyNode(node: Node, known: Map<Node, Node>): Node {
  const copied = known.get(node);
  if (copied !== undefined) return copied;
  node.own = null;
  const copy: Node = { ...node, entries: new Map(), xattrs: new Map(node.xattrs) };
  known.set(node, copy);
  for (const [name, child] of node.entries) copy.entries.set(name, copyNode(child, known));
  return copy;
}

function kindOf(stats: BigIntStats): Node['kind'] {
  if (stats.isFile()) return 'file';
  if (stats.isDirectory()) return 'directory';
  if (stats.isFIFO()) return 'fifo';
  return stats.isSymbolicLink() ? 'symlink' : 'other';
}

function factsOf(stats: BigIntStats): Facts {
  return {
    ino: Number(stats.ino),
    mtimeNs: stats.mtimeNs,
    ctimeNs: stats.ctimeNs,
    btimeNs: stats.birthtimeNs,
    mode: Number(stats.mode),
    uid: Number(stats.uid),
    gid: Number(stats.gid),
  };
}
