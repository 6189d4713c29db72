import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { pathBytes } from '../disk/byte-path.js';
import { TreeRoot } from '../disk/tree-root.js';
import { joinPath, type Name, nameFromBytes, ROOT_PATH } from '../model/bytes.js';
import { errnoOf } from '../model/errors.js';

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

/** Makes what is missing of the area. `directory` is an absolute path, a byte string, where nobody else works. */
export function openArea(directory: string): Area {
  return areaOf((name) => {
    mkdirSync(pathBytes(`${directory}/${name}`), { recursive: true, mode: 0o700 });
    return TreeRoot.open(`${directory}/${name}`);
  });
}

/**
 * As `openArea`, in a folder that others may work in too: no symlink in the place of one of its folders is followed.
 * @throws BtsootError of kind `drift` where something that is no folder has the name of one.
 */
export function openAreaIn(home: TreeRoot): Area {
  return areaOf((name) => {
    const path = joinPath(ROOT_PATH, name as Name);
    home.at(path, makeDirectory);
    return home.subtree(path);
  });
}

function makeDirectory(place: Buffer): void {
  try {
    mkdirSync(place, { mode: 0o700 });
  } catch (error) {
    if (errnoOf(error) !== 'EEXIST') throw error;
  }
}

function areaOf(open: (name: string) => TreeRoot): Area {
  const opened: TreeRoot[] = [];
  const keep = (name: string): TreeRoot => {
    const root = open(name);
    opened.push(root);
    return root;
  };
  const close = (): void => {
    for (const root of opened) root.close();
  };
  try {
    return { staging: keep('staging'), stash: keep('stash'), history: keep('history'), partial: keep('partial'), close };
  } catch (error) {
    close();
    throw error;
  }
}

/** Removes whatever an earlier run left half written. */
export function sweepStaging(area: Area): void {
  const staging = area.staging.directory(ROOT_PATH);
  for (const name of readdirSync(pathBytes(area.staging.path), { encoding: 'buffer' })) {
    rmSync(staging.place(nameFromBytes(name)), { recursive: true, force: true });
  }
  staging.close();
}
