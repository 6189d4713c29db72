import fc from 'fast-check';
import { fromText, type Name } from '../model/bytes.js';
import { type FileNode, sameContent, type TreeNode } from '../model/entry.js';
import { MemoryTree, walk } from '../model/memory-tree.js';
import { as, dir, file, groupOf, link, type Sketch, special, textContent, withMeta } from '../model/sketch.js';
import type { Identity } from '../model/tree.js';

/** Few names, so that they collide; two differ only in case, one is not UTF-8. */
const NAMES = ['a', 'b', 'c', 'd', 'A', '\u00e9', '\udcff', 'with space'];
const name = fc.constantFrom(...NAMES);
/** What files hold. */
export const TEXTS = ['', 'x', 'y', 'zz', 'www', 'a longer text'];
const text = fc.constantFrom(...TEXTS);
const mode = fc.constantFrom(0o644, 0o600, 0o755);
const xattrs = fc.constantFrom('', '', '\x06user.a\x01\0\0\0v', '\x06user.a\x01\0\0\0w');

const device = fc.constantFrom(3, 5);

const { sketch } = fc.letrec<{ sketch: Sketch; folder: Sketch }>((tie) => ({
  sketch: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    fc
      .tuple(name, text, mode, xattrs)
      .map(([called, holds, bits, marks]) => withMeta({ mode: bits, xattrs: marks }, file(called, holds))),
    fc.tuple(name, text, xattrs).map(([called, leads, marks]) => withMeta({ xattrs: marks }, link(called, leads))),
    fc.tuple(name, device).map(([called, minor]) => special(called, { type: 'character', major: 1, minor })),
    tie('folder'),
    tie('folder'),
  ),
  folder: fc
    .tuple(name, fc.uniqueArray(tie('sketch'), { maxLength: 6, selector: (child) => child.name }), xattrs)
    .map(([called, children, marks]) => withMeta({ xattrs: marks }, dir(called, ...children))),
}));

/** Children of a root. */
const children = fc.uniqueArray(sketch, { maxLength: 6, selector: (child) => child.name });

/** A tree as a sketch of its root, every entry with an id of a small range in any order. */
export const anyTree: fc.Arbitrary<Sketch> = fc
  .tuple(children, fc.nat(1000), fc.nat(7))
  .map(([inside, seed, links]) => linked(numbered(dir('', ...inside), seed), links));

/** Files that are alike become names of one, some of them, in groups whose names two trees may have for different files. */
function linked(root: Sketch, links: number): Sketch {
  const tree = new MemoryTree(root);
  for (const { node } of walk(tree)) {
    if (node.kind !== 'file' || node.content === null || (links & (1 + (node.id % 4))) === 0) continue;
    tree.setGroup(node.id, groupOf(1 + ((node.content.sizeBytes + node.meta.mode + links) % 5)));
  }
  mendGroups(tree);
  return sketchOf(tree, tree.root(), true);
}

/** Makes a tree what a disk could have: names of one file are alike, and there are two of them at least. */
export function mendGroups(tree: MemoryTree): void {
  const files = new Map<string, FileNode[]>();
  for (const { node } of walk(tree)) {
    if (node.kind === 'file' && node.group !== null) files.set(node.group, [...(files.get(node.group) ?? []), node]);
  }
  for (const [first, ...others] of files.values()) {
    const alike = others.filter((one) => contentIs(one, first) && JSON.stringify(one.meta) === JSON.stringify(first?.meta));
    for (const one of others) if (!alike.includes(one)) tree.setGroup(one.id, null);
    if (alike.length === 0 && first !== undefined) tree.setGroup(first.id, null);
  }
}

function contentIs(one: FileNode, other: FileNode | undefined): boolean {
  return one.content === other?.content || sameContent(one.content, other?.content ?? null);
}

function numbered(root: Sketch, seed: number): Sketch {
  const taken = new Set<number>();
  const visit = (sketch: Sketch): Sketch => {
    let id = 1 + ((seed + 37 * taken.size * (1 + (seed % 5))) % 61);
    while (taken.has(id)) id += 1;
    taken.add(id);
    return sketch.kind === 'directory' ? { ...sketch, id, children: sketch.children.map(visit) } : { ...sketch, id };
  };
  return visit(root);
}

/** The same directories, nested and named at will: two of these differ by moves of folders into and out of each other. */
export const anyNesting: fc.Arbitrary<Sketch> = fc
  .integer({ min: 2, max: 10 })
  .chain((count) =>
    fc.tuple(
      fc.shuffledSubarray([...Array(count).keys()], { minLength: count - 1 }),
      fc.array(fc.nat(), { minLength: count, maxLength: count }),
      fc.array(fc.nat(3), { minLength: count, maxLength: count }),
    ),
  )
  .map(([order, parents, names]) => nested(order, parents, names));

/** Each goes into one of those before it, or to the top. */
function nested(order: readonly number[], parents: readonly number[], names: readonly number[]): Sketch {
  const tree = new MemoryTree(as(1000, dir('')));
  const ids = [1000];
  for (const [at, number] of order.entries()) {
    const parent = ids[(parents[at] ?? 0) % ids.length] ?? 1000;
    const wanted = `n${names[number]}`;
    const called = tree.child(parent, wanted as Name) === undefined ? wanted : `other${number}`;
    ids.push(tree.insert(parent, as(1 + number, dir(called))));
  }
  return sketchOf(tree, tree.root(), true);
}

/** One thing that somebody does to a tree. Numbers choose entries; what makes no sense is left undone. */
export interface Edit {
  readonly kind: (typeof EDITS)[number];
  readonly one: number;
  readonly other: number;
  readonly name: string;
  readonly text: string;
  readonly mode: number;
  readonly xattrs: string;
}

const RENAMES = ['rename', 'move', 'swap'] as const;
const LINKS = ['link', 'relink', 'rewrite', 'edit', 'chmod'] as const;
const EDITS = [...RENAMES, ...LINKS, 'delete', 'create', 'mkdir', 'duplicate', 'retype', 'mark'] as const;

function edits(kinds: readonly Edit['kind'][]): fc.Arbitrary<Edit[]> {
  return fc.array(fc.record({ kind: fc.constantFrom(...kinds), one: fc.nat(), other: fc.nat(), name, text, mode, xattrs }), {
    maxLength: 10,
  });
}

export const anyEdits = edits(EDITS);
export const anyRenames = edits(RENAMES);

/** The tree after these edits, entries keeping their ids as inodes would. */
export function edited(root: Sketch, done: readonly Edit[]): MemoryTree {
  const tree = new MemoryTree(root);
  for (const edit of done) {
    try {
      perform(tree, edit);
    } catch {
      // A folder into itself, a name that is taken: as on a disk, nothing happens.
    }
    mendGroups(tree);
  }
  return tree;
}

function perform(tree: MemoryTree, edit: Edit): void {
  const all = [...walk(tree)].map(({ node }) => node);
  const pick = (number: number): TreeNode => all[number % all.length] as TreeNode;
  const folders = all.filter((node) => node.kind === 'directory');
  const folder = folders[edit.other % folders.length] ?? tree.root();
  const node = pick(edit.one);
  const called = fromText(edit.name) as Name;
  switch (edit.kind) {
    case 'rename':
      put(tree, node, node.parent, called);
      break;
    case 'move':
      put(tree, node, folder.id, node.name);
      break;
    case 'swap':
      swap(tree, node, pick(edit.other));
      break;
    case 'delete':
      tree.setAside(node.id);
      break;
    case 'edit':
      for (const { id } of namesIn(tree, node)) tree.setContent(id, textContent(edit.text));
      break;
    case 'rewrite':
      tree.setContent(node.id, textContent(edit.text));
      tree.setGroup(node.id, null);
      break;
    case 'link':
      if (node.kind !== 'file' || node.content === null) break;
      tree.insert(folder.id, { ...sketchOf(tree, node, false), name: called, group: groupIn(tree, node, edit) } as Sketch);
      break;
    case 'relink':
      relink(tree, node, pick(edit.other), edit);
      break;
    case 'create':
      tree.insert(folder.id, file(edit.name, edit.text));
      break;
    case 'mkdir':
      tree.insert(folder.id, dir(edit.name));
      break;
    case 'duplicate':
      tree.insert(folder.id, { ...sketchOf(tree, node, false), name: called });
      break;
    case 'retype':
      tree.setAside(node.id);
      tree.insert(node.parent, { ...(node.kind === 'directory' ? file('', edit.text) : dir('')), name: node.name });
      break;
    case 'chmod':
      for (const { id } of namesIn(tree, node)) tree.setMeta(id, { ...node.meta, mode: edit.mode });
      break;
    case 'mark':
      for (const { id } of namesIn(tree, node)) tree.setMeta(id, { ...node.meta, xattrs: edit.xattrs });
      break;
  }
}

function namesIn(tree: MemoryTree, node: TreeNode): TreeNode[] {
  return node.kind === 'file' && node.group !== null ? tree.withGroup(node.group) : [node];
}

/** A file that gets its second name gets a group. */
function groupIn(tree: MemoryTree, node: FileNode, { one, other }: Edit): string {
  if (node.group !== null) return node.group;
  for (let number = 1 + ((one + other) % 5); ; number++) {
    if (tree.withGroup(groupOf(number)).length > 0) continue;
    tree.setGroup(node.id, groupOf(number));
    return groupOf(number);
  }
}

function relink(tree: MemoryTree, node: TreeNode, to: TreeNode, edit: Edit): void {
  if (node.kind !== 'file' || to.kind !== 'file' || to.content === null || node.id === to.id) return;
  const group = groupIn(tree, to, edit);
  tree.setContent(node.id, to.content);
  tree.setMeta(node.id, to.meta);
  tree.setGroup(node.id, group);
}

/** Moves back where the new place does not take it. */
function put(tree: MemoryTree, node: TreeNode, parent: number, called: Name): void {
  try {
    tree.move(node.id, parent, called);
  } catch {
    tree.move(node.id, node.parent, node.name);
  }
}

function swap(tree: MemoryTree, one: TreeNode, other: TreeNode): void {
  if (isBelow(tree, one, other) || isBelow(tree, other, one)) return;
  tree.setAside(one.id);
  tree.move(other.id, one.parent, one.name);
  tree.move(one.id, other.parent, other.name);
}

function isBelow(tree: MemoryTree, node: TreeNode, above: TreeNode): boolean {
  for (let at: TreeNode | undefined = node; at !== undefined; at = tree.get(at.parent)) if (at.id === above.id) return true;
  return false;
}

/** `same`: with its ids. */
export function sketchOf(tree: MemoryTree, node: TreeNode, same: boolean): Sketch {
  const { name: called, meta } = node;
  const id = same ? { id: node.id } : {};
  switch (node.kind) {
    case 'file':
      return { ...id, kind: 'file', name: called, meta, content: node.content, ...(same && { group: node.group }) };
    case 'symlink':
      return { ...id, kind: 'symlink', name: called, meta, target: node.target };
    case 'special':
      return { ...id, kind: 'special', name: called, meta, special: node.special };
    case 'directory': {
      const inside = tree.children(node.id).map((child) => sketchOf(tree, child, same));
      return { ...id, kind: 'directory', name: called, meta, complete: node.complete, children: inside };
    }
  }
}

/** The same tree where some folders could not be listed, or not to their end, and some files not be read. */
export function partlyUnknown(tree: MemoryTree, chanceOf: (node: TreeNode) => boolean): MemoryTree {
  // A file that cannot be read cannot be read by any name.
  const chance = (node: TreeNode) => chanceOf(namesIn(tree, node)[0] ?? node);
  const visit = (node: TreeNode): Sketch => {
    const sketch = sketchOf(tree, node, true);
    if (sketch.kind === 'file') return chance(node) ? { ...sketch, content: null } : sketch;
    if (sketch.kind !== 'directory') return sketch;
    const complete = !chance(node);
    const listed = tree.children(node.id).filter((child) => complete || child.id % 2 === 0);
    return { ...sketch, complete, children: listed.map(visit) };
  };
  return new MemoryTree(visit(tree.root()));
}

/** Knows only some of what another identity knows. */
export function only(identity: Identity, known: (originId: number) => boolean): Identity {
  return {
    inTarget: (id) => (known(id) ? identity.inTarget(id) : undefined),
    inOrigin: (id) => {
      const originId = identity.inOrigin(id);
      return originId !== undefined && known(originId) ? originId : undefined;
    },
  };
}
