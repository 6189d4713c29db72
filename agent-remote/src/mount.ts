import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { TreeRoot } from '@btsoot/shared/disk/tree-root.js';
import { display, ROOT_PATH } from '@btsoot/shared/model/bytes.js';
import { BtsootError } from '@btsoot/shared/model/errors.js';

/**
 * Refuses two folders that nothing can be renamed between. The device number alone does not tell: bind mounts of one
 * file system share it.
 * @throws BtsootError of kind `refused`.
 */
export function requireSameFileSystem(tree: TreeRoot, home: TreeRoot): void {
  if (tree.dev === home.dev && mountId(tree) === mountId(home)) return;
  throw new BtsootError('refused', `${display(tree.label)} and ${display(home.label)} lie on different file systems`, {
    hint: 'Files reach a block by rename, which works only within one file system: make the block a plain folder below the root, or init a root of its own on that file system.',
  });
}

function mountId(tree: TreeRoot): string {
  const directory = tree.directory(ROOT_PATH);
  try {
    const facts = readFileSync(`/proc/self/fdinfo/${directory.fd}`, 'utf8');
    return /^mnt_id:\s*(\d+)/m.exec(facts)?.[1] ?? '';
  } finally {
    directory.close();
  }
}

/**
 * The mount point at or above `path` that /etc/fstab names and where nothing is mounted now, or null: writing there
 * would fill the system's own disk. `fstab` and `mounts` are the texts of /etc/fstab and /proc/self/mounts.
 */
export function missingMount(path: string, fstab: string, mounts: string): string | null {
  const expected = new Set(secondFields(fstab));
  const mounted = new Set(secondFields(mounts));
  for (let at = path; at !== '/'; at = dirname(at)) {
    if (expected.has(at)) return mounted.has(at) ? null : at;
  }
  return null;
}

function secondFields(table: string): string[] {
  return table
    .split('\n')
    .filter((line) => !line.trimStart().startsWith('#'))
    .map((line) => line.trim().split(/\s+/)[1] ?? '')
    .map((field) => field.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8))));
}
