import { closeSync, constants, fstatSync, openSync } from 'node:fs';
import { readAt } from '../disk/read-at.js';
import type { TreeRoot } from '../disk/tree-root.js';
import type { AreaName, Manifest } from '../manifest/manifest.js';
import { isUndo } from '../manifest/undo-name.js';
import { display, joinPath, type Name, ROOT_PATH } from '../model/bytes.js';
import { type Content, contentKey, type FileNode, sameContent } from '../model/entry.js';
import { BtsootError, fromSystemError } from '../model/errors.js';
import { limits } from '../model/limits.js';
import type { Shortcomings } from '../model/shortcomings.js';
import type { Area } from './area.js';
import { PatchFile } from './patch-file.js';
import { PatchedContent } from './patched-content.js';

/** A content whose bytes can be read, at any position, from what lies in the block. */
export interface OpenContent {
  readonly sizeBytes: number;
  /**
   * Fills `into` from `position` on, as far as the content goes. Synchronous: whoever reads much yields in between.
   * @returns how many bytes of `into` were filled; fewer than its length only at the content's end
   * @throws BtsootError as `openContent`
   */
  read(into: Buffer, position: number): number;
  close(): void;
}

/** Where the files of one block lie, and what is known of them. */
export interface Holdings {
  readonly manifest: Manifest;
  readonly tree: TreeRoot;
  readonly area: Area;
  /** None where it is left out. */
  readonly shortcomings?: Shortcomings;
}

// O_NONBLOCK: a FIFO that somebody put in the file's place must not hold us up.
const openFlags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/**
 * Opens a content in whichever file of the block holds it, in the tree, aside, or in history; or puts it together from a
 * file that was patched since, and the undo files that lead back from there (patch-format.ts). A file's stat is what the
 * manifest says; its bytes are not verified: that is for whoever takes them.
 *
 * A kept undo file always has what it lies over: that was in the tree when the undo file came to history, so what has
 * become of it since is in the tree still, or came to history later, and expires no earlier.
 * @throws BtsootError: `not-found` where no file is known to hold it, `drift` where those that should have changed on
 * the disk, `io` where they cannot be read, `corrupt` for damaged undo files
 */
export function openContent(holdings: Holdings, content: Content): OpenContent {
  const search: Search = {
    holdings,
    opened: 0,
    failure: new BtsootError(
      'not-found',
      'no file of the block holds this content any more: it may have been changed by hand, or a file that its old version was kept with',
    ),
  };
  const seen = new Set([contentKey(content)]);
  // Breadth first: each read passes through all the patches, so the way with the fewest is the best.
  let ways: Way[] = [{ content, undos: [] }];
  for (let patches = 0; ways.length > 0 && patches <= limits.undoPatchesMax; patches++) {
    for (const { content: below, undos } of ways) {
      const whole = openWhole(search, below);
      if (whole !== null) return undos.length === 0 ? whole : new PatchedContent(whole, undos);
    }
    ways = ways.flatMap((way) => waysBelow(search, way)).filter((way) => isNew(seen, way.content));
  }
  throw search.failure;
}

interface Search {
  readonly holdings: Holdings;
  /** Undo files so far. */
  opened: number;
  /** Of the last thing that was tried. */
  failure: BtsootError;
}

/** How the wanted content comes about: from a content, through undo files. */
interface Way {
  readonly content: Content;
  readonly undos: readonly PatchFile[];
}

function isNew(seen: Set<string>, content: Content): boolean {
  return seen.size < seen.add(contentKey(content)).size;
}

function openWhole(search: Search, content: Content): OpenContent | null {
  const { holdings } = search;
  for (const holder of holdings.manifest.holdersOf(content, limits.holdersTriedMax)) {
    if (isUndo(holder)) continue;
    try {
      return openHolder(holdings, holder, content);
    } catch (error) {
      search.failure = fromSystemError(error, 'opening the file that holds the content');
      distrust(holdings, holder, search.failure);
    }
  }
  return null;
}

function waysBelow(search: Search, { content, undos }: Way): Way[] {
  const { manifest, area } = search.holdings;
  return manifest.holdersOf(content, limits.holdersTriedMax).flatMap((holder) => {
    if (!isUndo(holder) || search.opened++ >= limits.undoFilesTriedMax) return [];
    try {
      const undo = openUndo(area, holder.name);
      if (!sameContent(undo.makes, content)) throw new BtsootError('corrupt', 'an undo file is of another content');
      return [{ content: undo.over, undos: [...undos, undo] }];
    } catch (error) {
      search.failure = fromSystemError(error, 'opening an undo file');
      return [];
    }
  });
}

/** @throws BtsootError `corrupt` for a file that is damaged, else as the errno says */
export function openUndo({ history }: Area, name: Name): PatchFile {
  return new PatchFile(() => history.at(joinPath(ROOT_PATH, name), (place) => openSync(place, openFlags)));
}

/** The next check of the tree must read this file again. History is not checked: it is judged at each use. */
function distrust({ manifest }: Holdings, holder: FileNode, failure: BtsootError): void {
  if (failure.kind === 'drift' && manifest.locate(holder.id).area === 'tree') manifest.setSeen(holder.id, null);
}

function openHolder(holdings: Holdings, holder: FileNode, { sizeBytes }: Content): OpenContent {
  const { area, path, diskPath } = holdings.manifest.locate(holder.id);
  const fd = rootOf(holdings, area).at(diskPath, (place) => openSync(place, openFlags));
  const shown = display(path);
  const seen = holdings.manifest.seen(holder.id);
  const now = fstatSync(fd, { bigint: true });
  const same = now.isFile() && seen !== null && seen.sizeBytes === now.size && seen.mtimeNs === now.mtimeNs;
  if (same && now.size === BigInt(sizeBytes)) return new WholeFile(fd, sizeBytes, shown);
  closeSync(fd);
  throw new BtsootError('drift', `"${shown}" is not the file that the manifest knows`);
}

function rootOf({ tree, area: { stash, history } }: Holdings, area: AreaName): TreeRoot {
  switch (area) {
    case 'tree':
      return tree;
    case 'stash':
      return stash;
    case 'history':
      return history;
    case 'limbo':
      throw new BtsootError('io', 'the file that holds the content is being looked for');
    default:
      return area satisfies never;
  }
}

export class WholeFile implements OpenContent {
  readonly sizeBytes: number;
  readonly #fd: number;
  readonly #shown: string;

  constructor(fd: number, sizeBytes: number, shown: string) {
    this.#fd = fd;
    this.sizeBytes = sizeBytes;
    this.#shown = shown;
  }

  read(into: Buffer, position: number): number {
    const wanted = into.subarray(0, Math.max(0, Math.min(into.length, this.sizeBytes - position)));
    const filledBytes = this.#fill(wanted, position);
    if (filledBytes === wanted.length) return filledBytes;
    throw new BtsootError('drift', `"${this.#shown}" ends at ${position + filledBytes} bytes`);
  }

  close(): void {
    closeSync(this.#fd);
  }

  #fill(into: Buffer, position: number): number {
    try {
      return readAt(this.#fd, into, position);
    } catch (error) {
      throw fromSystemError(error, `reading "${this.#shown}"`);
    }
  }
}
