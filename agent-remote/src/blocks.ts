import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Area, openArea } from '@btsoot/shared/apply/area.js';
import { isThere } from '@btsoot/shared/disk/is-there.js';
import { TreeRoot } from '@btsoot/shared/disk/tree-root.js';
import { Manifest } from '@btsoot/shared/manifest/manifest.js';
import { display, fromText, ROOT_PATH, type TreePath } from '@btsoot/shared/model/bytes.js';
import { BtsootError } from '@btsoot/shared/model/errors.js';
import { limits } from '@btsoot/shared/model/limits.js';
import { NO_SHORTCOMINGS, type Shortcomings } from '@btsoot/shared/model/shortcomings.js';
import { type BlockFacts, factsIn, factsOfFile } from './block-facts.js';
import { blockDirectory, checkBlockFolder, checkNotNested, unescapeFolder } from './block-folder.js';
import type { Layout } from './layout.js';
import { makeFolder } from './make-folder.js';
import { requireSameFileSystem } from './mount.js';
import { rootLoss } from './root-loss.js';

/** A block whose manifest and folders are open. */
export interface OpenBlock {
  readonly folder: TreePath;
  readonly manifest: Manifest;
  readonly tree: TreeRoot;
  readonly area: Area;
  readonly shortcomings: Shortcomings;
}

/** Keeps a block open until `release`, which may be called once. */
export interface BlockHold {
  readonly block: OpenBlock;
  release(): void;
}

export interface BlockSize {
  readonly entries: number;
  readonly bytes: number;
}

interface Slot {
  readonly block: OpenBlock;
  holds: number;
  idle: NodeJS.Timeout | null;
}

const idleCloseMs = 60_000;

/**
 * The blocks below one root. Each is opened once, however many hold it, and closed a minute after the last one let go,
 * or earlier where many others were used since: each takes memory, files and a database connection.
 */
export class BlockStore {
  readonly #layout: Layout;
  readonly #root: TreeRoot;
  readonly #shortcomings: Shortcomings;
  readonly #slots = new Map<TreePath, Slot>();
  readonly #sizes = new Map<TreePath, BlockSize>();
  readonly #facts = new Map<TreePath, BlockFacts>();

  constructor(layout: Layout, shortcomings = NO_SHORTCOMINGS) {
    this.#layout = layout;
    this.#shortcomings = shortcomings;
    this.#root = TreeRoot.open(fromText(layout.root));
  }

  /** The folders of all blocks, in byte order. */
  list(): TreePath[] {
    return listBlocks(this.#layout);
  }

  /**
   * Makes a block of a folder, and the folder where it is missing; or finds the block that the folder is already.
   * @throws BtsootError of kind `invalid` or `refused` for folders that can be none.
   */
  create(folder: TreePath): { manifestId: string; existed: boolean } {
    checkBlockFolder(folder);
    const existed = this.has(folder);
    if (!existed) checkNotNested(folder, this.list());
    makeFolder(this.#root, folder);
    mkdirSync(blockDirectory(this.#layout, folder), { recursive: true, mode: 0o700 });
    const slot = this.#slot(folder);
    if (slot.holds === 0) this.#closeWhenIdle(slot);
    return { manifestId: slot.block.manifest.manifestId, existed };
  }

  /** @throws BtsootError of kind `not-found` for a folder that is no block, `refused` where its tree, or the whole root, has gone. */
  hold(folder: TreePath): BlockHold {
    if (!this.has(folder)) {
      this.#requireHome();
      throw new BtsootError('not-found', `the remote has no block in "${display(folder)}"`, {
        hint: 'Add it with `btsoot add`, or look with `btsoot-remote status` which blocks there are.',
      });
    }
    const slot = this.#slot(folder);
    slot.holds++;
    if (slot.idle !== null) clearTimeout(slot.idle);
    slot.idle = null;
    return { block: slot.block, release: () => this.#release(slot) };
  }

  /** @throws BtsootError of kind `io` where the root's disk does not answer. */
  has(folder: TreePath): boolean {
    return isThere(fromText(this.#manifestFile(folder)));
  }

  /** As of the last session; read from the manifest once, and known from then on. Opens nothing but the manifest, for a moment. */
  size(folder: TreePath): BlockSize {
    const known = this.#sizes.get(folder);
    if (known !== undefined) return known;
    const open = this.#slots.get(folder);
    const size = open === undefined ? measure(this.#manifestFile(folder)) : sizeOf(open.block.manifest);
    this.#sizes.set(folder, size);
    return size;
  }

  /** As it is now; of a block that nobody holds read once, and known until somebody does. Opens nothing but the manifest, for a moment. */
  facts(folder: TreePath): BlockFacts {
    const open = this.#slots.get(folder);
    if (open !== undefined) return factsIn(open.block.manifest);
    const facts = this.#facts.get(folder) ?? factsOfFile(this.#manifestFile(folder));
    this.#facts.set(folder, facts);
    return facts;
  }

  /** Resolves with what to end with when the root's file system is lost, or with null when the signal aborts. */
  rootLoss(signal: AbortSignal): Promise<BtsootError | null> {
    return rootLoss(
      this.#root.at(ROOT_PATH, (place) => place),
      this.#layout.root,
      signal,
    );
  }

  /** Closes all blocks, held or not. */
  close(): void {
    for (const slot of this.#slots.values()) this.#closeSlot(slot);
    this.#root.close();
  }

  /** Without it, nobody knows which blocks there are. */
  #requireHome(): void {
    const { home, root } = this.#layout;
    if (isThere(fromText(home))) return;
    throw new BtsootError('refused', `${home} has gone: the disk of the remote is not where it was`, {
      hint: `Mount it again at ${root}, then restart \`btsoot-remote serve\`.`,
    });
  }

  #manifestFile(folder: TreePath): string {
    checkBlockFolder(folder);
    return join(blockDirectory(this.#layout, folder), 'manifest.db');
  }

  #slot(folder: TreePath): Slot {
    const known = this.#slots.get(folder);
    if (known !== undefined && (known.holds > 0 || this.#isStillThere(known.block))) return known;
    if (known !== undefined) this.#closeSlot(known);
    const slot: Slot = {
      block: { ...openBlock(this.#layout, this.#root, folder), shortcomings: this.#shortcomings },
      holds: 0,
      idle: null,
    };
    this.#slots.set(folder, slot);
    this.#facts.delete(folder);
    return slot;
  }

  /** What we hold open may have been renamed or removed meanwhile, and another folder be in its place. */
  #isStillThere({ folder, tree }: OpenBlock): boolean {
    const now = this.#root.lstat(folder);
    return now !== null && now.dev === 0n && now.ino === tree.lstat(ROOT_PATH)?.ino;
  }

  #release(slot: Slot): void {
    slot.holds--;
    this.#sizes.delete(slot.block.folder);
    if (slot.holds === 0 && this.#slots.get(slot.block.folder) === slot) this.#closeWhenIdle(slot);
  }

  #closeWhenIdle(slot: Slot): void {
    if (slot.idle !== null) clearTimeout(slot.idle);
    slot.idle = setTimeout(() => this.#closeSlot(slot), idleCloseMs).unref();
    // To the end: the slots are in the order of their last use.
    this.#slots.delete(slot.block.folder);
    this.#slots.set(slot.block.folder, slot);
    const idle = [...this.#slots.values()].filter(({ holds }) => holds === 0);
    if (idle.length > limits.idleBlocksMax && idle[0] !== undefined) this.#closeSlot(idle[0]);
  }

  #closeSlot(slot: Slot): void {
    if (slot.idle !== null) clearTimeout(slot.idle);
    this.#slots.delete(slot.block.folder);
    slot.block.manifest.close();
    slot.block.area.close();
    slot.block.tree.close();
  }
}

function measure(manifestFile: string): BlockSize {
  const manifest = Manifest.open(manifestFile);
  try {
    return sizeOf(manifest);
  } finally {
    manifest.close();
  }
}

function sizeOf(manifest: Manifest): BlockSize {
  const { entryCount, totalBytes } = manifest.root();
  return { entries: entryCount, bytes: totalBytes };
}

/** The folders of all blocks of a root, in byte order, without opening any. */
export function listBlocks(layout: Layout): TreePath[] {
  if (!isThere(fromText(layout.blocksDirectory))) return [];
  return readdirSync(layout.blocksDirectory)
    .filter((name) => isThere(fromText(join(layout.blocksDirectory, name, 'manifest.db'))))
    .map(unescapeFolder)
    .filter((folder) => folder !== null)
    .sort();
}

function openBlock(layout: Layout, root: TreeRoot, folder: TreePath): Omit<OpenBlock, 'shortcomings'> {
  const seen = root.lstat(folder);
  if (seen === null) {
    throw new BtsootError('refused', `the folder "${display(folder)}" of the block has gone from ${layout.root}`, {
      hint: 'Mount its disk if it is not mounted. If it was removed on purpose, make it again with mkdir: the next sync fills it.',
    });
  }
  const directory = blockDirectory(layout, folder);
  const opened: { close(): void }[] = [];
  const keep = <T extends { close(): void }>(resource: T): T => {
    opened.push(resource);
    return resource;
  };
  try {
    // Not by its path, on which a folder could be swapped for a symlink at any moment.
    const tree = keep(root.subtree(folder));
    const area = keep(openArea(fromText(directory)));
    requireSameFileSystem(tree, area.history);
    return { folder, tree, area, manifest: Manifest.open(join(directory, 'manifest.db')) };
  } catch (error) {
    for (const resource of opened) resource.close();
    throw error;
  }
}
