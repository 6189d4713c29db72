import type { TreePath } from '../model/bytes.js';
import type { SharedDirectory } from './handles.js';
import type { Listing } from './listing.js';
import type { Screen } from './screen.js';

/** A directory that is still to be listed. */
export interface Task {
  /** As its names are on the disk. */
  readonly path: TreePath;
  /** Its row, and that of the directory it was found in; the root's is its own. */
  readonly id: number;
  readonly parent: number;
  /** Null for the root, and where the directory it was found in was as its record says. */
  readonly foundBy: Visit | null;
  /** As its parent's listing saw it. */
  readonly dev: bigint;
  readonly ino: bigint;
  readonly depth: number;
  /** In force in the directory it was found in. */
  readonly screen: Screen | null;
  /** Whether all that lies below it is to be looked at; else what has changed. */
  readonly whole: boolean;
}

/** A directory that was listed and is not as its record says. Done when all of its rows are right. */
export interface Visit {
  readonly task: Task;
  readonly handle: SharedDirectory;
  readonly listing: Listing;
  /** In force in it, its own `.btsootignore` included. */
  readonly screen: Screen | null;
  /** Rows of its subdirectories, in byte order of their names, once they are known. */
  readonly directoryIds: number[];
  /** Files that are still being read, and one for the comparison of names itself. */
  outstanding: number;
  /** Something below needs another look next time: no record is kept. */
  dirty: boolean;
  /** Whether all that lies below it is to be looked at: as the task said, or for its `.btsootignore` is another one. */
  readonly whole: boolean;
  /** Whether its rows are all that it holds. */
  readonly complete: boolean;
}
