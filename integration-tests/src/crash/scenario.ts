import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  copyFileSync,
  linkSync,
  mkdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { swapEntries } from '../harness/changes.js';
import { media } from '../harness/data.js';
import { overwrite, replaceStart } from '../harness/planting.js';
import { dir, file, link, plant } from '../harness/tree.js';
import { dropAttribute, setAttribute } from './attributes.js';

/*
 * A small tree, and what becomes of it. The last change has every kind of step: small-limits.ts makes its files large ones.
 */

const imageBytes = 300_000;

/** The tree that is mirrored first. */
export function plantFirst(tree: string): void {
  plantPlain(tree);
  plantLinked(tree);
  plantMarked(tree);
  plantFifos(tree);
}

const old = { mtimeUs: 1_500_000_000_123_456 };

function plantPlain(tree: string): void {
  plant(
    tree,
    dir('a', [
      file('one', 'in a', old),
      file('two', 'also in a', old),
      dir('deep', [file('x', 'deep in a', old), dir('hollow')]),
    ]),
    dir('b', [file('one', 'in b', old), link('to-one', 'one')]),
    dir('moved-folder', [file('m1', 'm1', old), file('m2', 'm2', old)]),
    dir('gone-folder', [file('g1', 'gone 1', old), dir('sub', [file('g2', 'gone 2', old)])]),
    dir('meta-folder', [file('q', 'in meta', old)], { mode: 0o750 }),
    dir('folder-to-file', [file('inside', 'was inside a folder', old)]),
    dir('other', [file('stays', 'stays', old)]),
    file('f1', 'first of three', old),
    file('f2', 'second of three', old),
    file('f3', 'third of three', old),
    file('moved-file', media(1)(3_000), old),
    file('edited', 'edited: version 1', old),
    file('edited-medium', media(2)(20_000), old),
    file('delta', media(3)(400_000), old),
    file('image', media(4)(imageBytes), old),
    file('gone', 'will be gone', old),
    file('gone-early', 'will be gone before the rest', old),
    file('gone-early-too', media(6)(5_000), old),
    file('file-to-folder', 'was a file', old),
    file('file-to-link', 'was a file before it was a link', old),
    link('link-to-file', 'edited'),
    link('retargeted', 'f1'),
    file('meta', 'its mode changes', old),
    file('copied', media(5)(4_000), old),
    file('empty', '', old),
  );
}

/** Files with several names. */
function plantLinked(tree: string): void {
  const named = ['renamed', 'broken', 'edited', 'meta', 'shrinking', 'split'];
  plant(
    tree,
    dir('linked', [
      ...named.map((name) => file(`${name}-1`, `linked: ${name}`, old)),
      file('large-1', media(7)(150_000), old),
      // Two files that become one, and one that becomes two.
      file('joined-1', 'linked: joined', old),
      file('joined-2', 'linked: joined', old),
      file('made-1', 'linked: made', old),
    ]),
  );
  for (const name of [...named, 'large']) linkSync(join(tree, 'linked', `${name}-1`), join(tree, 'linked', `${name}-2`));
  for (const name of ['shrinking', 'split']) linkSync(join(tree, 'linked', `${name}-1`), join(tree, 'linked', `${name}-3`));
}

/** What has extended attributes. */
function plantMarked(tree: string): void {
  const marked = dir('marked', [
    dir('folder', [file('inside', 'inside', old)]),
    dir('bare-folder', [file('inside', 'inside', old)]),
    ...['changed', 'removed', 'renamed', 'edited', 'bare'].map((name) => file(name, `marked: ${name}`, old)),
  ]);
  plant(tree, marked);
  for (const name of ['folder', 'changed', 'removed', 'renamed', 'edited']) {
    setAttribute(join(tree, 'marked', name), 'user.first', `of ${name}`);
    setAttribute(join(tree, 'marked', name), 'user.second', 'stays');
  }
  setAttribute(join(tree, 'delta'), 'user.first', 'of a large file');
}

function plantFifos(tree: string): void {
  plant(tree, dir('pipes', [file('file-to-fifo', 'was a file before it was a FIFO', old)]));
  for (const name of ['gone', 'meta', 'moved', 'fifo-to-file']) makeFifo(join(tree, 'pipes', name));
}

/** For a session whose old versions are due to expire when the last one comes. */
export function changeLongAgo(tree: string): void {
  unlinkSync(join(tree, 'linked', 'split-3'));
  setAttribute(join(tree, 'marked', 'changed'), 'user.first', 'long ago');
  unlinkSync(join(tree, 'gone-early'));
  writeFileSync(join(tree, 'edited'), 'edited: version 2');
  overwrite(join(tree, 'image'), 100_000, Buffer.from('long ago'));
}

/** For a session whose old versions must stay. */
export function changeLately(tree: string): void {
  unlinkSync(join(tree, 'linked', 'shrinking-3'));
  setAttribute(join(tree, 'marked', 'changed'), 'user.first', 'lately');
  unlinkSync(join(tree, 'gone-early-too'));
  writeFileSync(join(tree, 'edited'), 'edited: version 3');
  overwrite(join(tree, 'image'), 200_000, Buffer.from('not so long ago'));
}

/** For the session that is interrupted. */
export function changeEverything(tree: string): void {
  changePlain(tree);
  changeLinked(join(tree, 'linked'), join(tree, 'other'));
  changeMarked(tree);
  changeFifos(join(tree, 'pipes'), join(tree, 'other'));
}

function changePlain(tree: string): void {
  const at = (...names: string[]): string => join(tree, ...names);
  mkdirSync(at('new', 'nested'), { recursive: true });
  for (const name of ['n1', 'n2', 'n3', 'n4']) writeFileSync(at('new', name), `new file ${name}`);
  writeFileSync(at('new', 'nested', 'empty'), '');
  writeFileSync(at('new', 'film'), media(10)(700_000));
  writeFileSync(at('new', 'medium'), media(11)(30_000));
  copyFileSync(at('copied'), at('new', 'copy'));
  symlinkSync('n1', at('new', 'link'));

  swapEntries(tree, 'a', 'b');
  appendFileSync(at('b', 'one'), ', edited after the swap');
  renameSync(at('f1'), at('rotating'));
  renameSync(at('f3'), at('f1'));
  renameSync(at('f2'), at('f3'));
  renameSync(at('rotating'), at('f2'));
  renameSync(at('moved-file'), at('other', 'moved-file'));
  renameSync(at('moved-folder'), at('other', 'moved-folder'));
  renameSync(at('gone-folder', 'g1'), at('saved-from-gone'));

  writeFileSync(at('edited'), 'edited: version 4');
  writeFileSync(at('edited-medium'), media(12)(20_000));
  replaceStart(at('delta'), 1_000, media(13)(3_000));
  overwrite(at('image'), 50_000, Buffer.from('now'));
  overwrite(at('image'), 250_000, media(14)(2_000));

  rmSync(at('gone'));
  rmSync(at('gone-folder'), { recursive: true });
  rmSync(at('file-to-folder'));
  mkdirSync(at('file-to-folder'));
  writeFileSync(at('file-to-folder', 'inside'), 'the folder was a file');
  rmSync(at('folder-to-file'), { recursive: true });
  writeFileSync(at('folder-to-file'), 'the file was a folder');
  rmSync(at('file-to-link'));
  symlinkSync('f2', at('file-to-link'));
  rmSync(at('link-to-file'));
  writeFileSync(at('link-to-file'), 'the file was a link');
  rmSync(at('retargeted'));
  symlinkSync('f3', at('retargeted'));
  chmodSync(at('meta'), 0o600);
  chmodSync(at('meta-folder'), 0o700);
}

function changeLinked(linked: string, other: string): void {
  const at = (name: string): string => join(linked, name);
  renameSync(at('renamed-2'), join(other, 'renamed'));
  unlinkSync(at('broken-2'));
  writeFileSync(at('broken-2'), 'linked: no longer');
  writeFileSync(at('edited-1'), 'linked: edited under both names');
  chmodSync(at('meta-1'), 0o640);
  setAttribute(at('meta-1'), 'user.first', 'of both names');
  unlinkSync(at('shrinking-2'));
  // The same bytes and times, so that its content is copied.
  unlinkSync(at('split-2'));
  copyFileSync(at('split-1'), at('split-2'));
  overwrite(at('large-1'), 70_000, Buffer.from('now'));
  unlinkSync(at('joined-2'));
  linkSync(at('joined-1'), at('joined-2'));
  linkSync(at('made-1'), join(other, 'made-2'));
  writeFileSync(at('new-1'), 'linked: new');
  linkSync(at('new-1'), at('new-2'));
}

function changeMarked(tree: string): void {
  const at = (...names: string[]): string => join(tree, 'marked', ...names);
  setAttribute(at('bare'), 'user.first', 'new');
  setAttribute(at('changed'), 'user.first', 'changed');
  dropAttribute(at('removed'), 'user.first');
  renameSync(at('renamed'), at('renamed too'));
  setAttribute(at('renamed too'), 'user.first', 'renamed, and changed');
  writeFileSync(at('edited'), 'marked: edited, and not only that');
  setAttribute(at('edited'), 'user.first', 'edited');
  setAttribute(at('folder'), 'user.first', 'changed');
  dropAttribute(at('folder'), 'user.second');
  setAttribute(at('bare-folder'), 'user.first', 'new');
  mkdirSync(at('new-folder'));
  setAttribute(at('new-folder'), 'user.first', 'new');
  writeFileSync(at('new-folder', 'new'), 'marked: new');
  setAttribute(at('new-folder', 'new'), 'user.first', 'new');
  setAttribute(join(tree, 'delta'), 'user.first', 'of a large file that is made anew');
  setAttribute(join(tree, 'image'), 'user.first', 'of a file that is patched');
}

function changeFifos(pipes: string, other: string): void {
  const at = (name: string): string => join(pipes, name);
  makeFifo(at('new'));
  unlinkSync(at('gone'));
  chmodSync(at('meta'), 0o640);
  renameSync(at('moved'), join(other, 'moved-fifo'));
  unlinkSync(at('file-to-fifo'));
  makeFifo(at('file-to-fifo'));
  unlinkSync(at('fifo-to-file'));
  writeFileSync(at('fifo-to-file'), 'the file was a FIFO');
}

function makeFifo(path: string): void {
  execFileSync('mkfifo', ['-m', '600', path]);
}

/** Files that no remote holds, by name. */
export const onlyHere = { 'only here': 'never synced', edited: 'edited, and never synced' } as const;

/** For a restore: what it must not take. */
export function changeLocally(tree: string): void {
  for (const [name, content] of Object.entries(onlyHere)) writeFileSync(join(tree, name), content);
}
