import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { pathBytes } from '../disk/byte-path.js';
import { TreeRoot } from '../disk/tree-root.js';
import { nameFromBytes, ROOT_PATH } from '../model/bytes.js';

/**
 * The private folder beside a tree, on the same file system, through which everything reaches the tree by rename:
 * `staging/` for what is not complete yet, `stash/` for entries set aside within a plan, `history/` for old versions,
 * `partial/` for what deliveries that were cut off have left.
 */
export interface Area {
  readonly staging: TreeRoot;
  readonly stash: TreeRoot;
  readonly history: TreeRoot;
  readonly partial: TreeRoot;
  close(): void;
}

/** Makes what is missing of the area. `directory` is an absolute path, a byte string. */
export function openArea(directory: string): Area {
  const open = (name: string): TreeRoot => {
    mkdirSync(pathBytes(`${directory}/${name}`), { recursive: true, mode: 0o700 });
    return TreeRoot.open(`${directory}/${name}`);
  };
  const [staging, stash, history, partial] = [open('staging'), open('stash'), open('history'), open('partial')];
  return {
    staging,
    stash,
    history,
    partial,
    close() {
      for (const root of [staging, stash, history, partial]) root.close();
    },
  };
}

/** Removes whatever an earlier run left half written. */
export function sweepStaging(area: Area): void {
  const staging = area.staging.directory(ROOT_PATH);
  for (const name of readdirSync(pathBytes(area.staging.path), { encoding: 'buffer' })) {
    rmSync(staging.place(nameFromBytes(name)), { recursive: true, force: true });
  }
  staging.close();
}
