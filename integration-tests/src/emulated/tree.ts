import { closeSync, ftruncateSync, linkSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { getfattrMissing, setAttribute } from '../harness/attributes.js';
import { seeded } from '../harness/random.js';
import { dir, file, link, plant, plantCrowd } from '../harness/tree.js';

/** Large enough to be patched in place. */
export const LARGE_BYTES = 40_000_000;
const CROWD = { folders: 5, filesPerFolder: 80, fileSizeBytes: 2_000 };

/** What 32 bits could get wrong, and what any machine could. */
export function plantMixed(tree: string): void {
  const random = seeded(1);
  plantCrowd(tree, CROWD, random);
  plant(
    tree,
    file('large', random.bytes(LARGE_BYTES), { mode: 0o640 }),
    dir('times', [
      file('before the epoch', 'a', { mtimeUs: -86_400_000_001 }),
      file('beyond 2038', 'b', { mtimeUs: 2 ** 31 * 1e6 + 123_456 }),
      link('link', '../large'),
    ]),
    dir('names', [file(Buffer.from([0xff, 0x41]), 'no text'), file('a, "b"\nc', 'odd'), dir('empty', [], { mode: 0o700 })]),
    dir('modes', [file('executable', '#!/bin/sh\n', { mode: 0o755 }), file('empty', ''), file('with attributes', 'c')]),
  );
  linkSync(join(tree, 'large'), join(tree, 'names/another name'));
  if (getfattrMissing === false) setAttribute(join(tree, 'modes/with attributes'), 'user.of', 'a value');
  plantHoles(join(tree, 'holes'), 8_000_000);
}

/** A few bytes at either end, and nothing in between. */
export function plantHoles(path: string, sizeBytes: number): void {
  const descriptor = openSync(path, 'wx');
  writeSync(descriptor, 'the first bytes', 0);
  ftruncateSync(descriptor, sizeBytes);
  writeSync(descriptor, 'the last ones', sizeBytes - 13);
  closeSync(descriptor);
}
