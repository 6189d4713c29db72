import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { byteString, fromText, joinPath, type Name, ROOT_PATH, type TreePath, toBytes } from '../model/bytes.js';
import { PatternList } from './pattern-list.js';
import { Rules } from './rules.js';

const noGit = spawnSync('git', ['--version']).status === 0 ? false : 'git is not installed';
const numRuns = Number(process.env['FILTER_RUNS'] ?? 25);
const TREES_PER_RUN = 20;

/** Names as byte strings: with wildcards and blanks in them, a line end, UTF-8 and what is none, and two that differ by case. */
const NAMES = [
  'a',
  'b',
  'ab',
  'B',
  'a.b',
  '.a',
  ' b',
  'b ',
  'a[b]',
  'a*',
  '!b',
  '#a',
  'a\\b',
  'a\nb',
  fromText('é'),
  '\xff\xfe',
  fromText('aé.b'),
];
const name = fc.constantFrom(...NAMES);

type Node = { readonly name: string; readonly children: readonly Node[] | null; readonly patterns: string | null };

const part = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom('a', 'b', 'ab', '.a', 'a.b', 'B', fromText('é')) },
  {
    weight: 4,
    arbitrary: fc.constantFrom(
      '*',
      '?',
      'a*',
      '*b',
      '*.b',
      '[ab]',
      '[!a]',
      '[^b]*',
      '[a-c]',
      '**',
      '\\*',
      'a\\*',
      'a[[]b]',
      '[[:alpha:]]',
      '??',
      fromText('*é*'),
      '\xff*',
    ),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom('\\!b', '\\#a', ' b', 'b\\ ', 'a[', '[]', 'a\\\\b', '[]]', '[b-a]', '[\xc3]\xa9', '.*'),
  },
);
const pattern = fc
  .tuple(
    fc.constantFrom('', '', '', '!'),
    fc.constantFrom('', '', '/'),
    fc.array(part, { minLength: 1, maxLength: 3 }),
    fc.constantFrom('', '', '/', ' ', '/**'),
  )
  .map(([not, anchor, parts, end]) => `${not}${anchor}${parts.join('/')}${end}`);
const patterns = fc
  .tuple(
    fc.array(
      fc.oneof({ weight: 9, arbitrary: pattern }, { weight: 1, arbitrary: fc.constantFrom('# note', '', '  ', '!', '/') }),
      { maxLength: 5 },
    ),
    fc.constantFrom('\n', '\n', '\r\n'),
    fc.boolean(),
  )
  .map(([lines, end, mark]) => `${mark ? '\xef\xbb\xbf' : ''}${lines.join(end)}${end}`);

const { folder } = fc.letrec<{ node: Node; folder: Node }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    fc.record({ name, children: fc.constant(null), patterns: fc.constant(null) }),
    tie('folder'),
  ),
  folder: fc.record({
    name,
    children: fc.uniqueArray(tie('node'), { maxLength: 5, selector: (node) => node.name }),
    patterns: fc.option(patterns, { freq: 3 }),
  }),
}));

/**
 * git is the oracle: what a walk leaves out is what `git check-ignore` says, over random trees and patterns. Two known
 * differences of the library's are left out of the patterns: a run of asterisks beside a literal, or beside `\/`.
 */
test('as git ignores, so do these rules', { skip: noGit }, () => {
  fc.assert(
    fc.property(fc.array(folder, { minLength: TREES_PER_RUN, maxLength: TREES_PER_RUN }), (trees) => {
      const home = mkdtempSync(join(tmpdir(), 'btsoot-git-'));
      try {
        checkTree(home, { name: '', children: trees.map((tree, index) => ({ ...tree, name: `tree ${index}` })), patterns: null });
      } finally {
        rmSync(home, { recursive: true, force: true });
      }
    }),
    { numRuns, seed: Number(process.env['FILTER_SEED'] ?? 7) },
  );
});

function checkTree(root: string, tree: Node): void {
  plant(toBytes(root), tree);
  execFileSync('git', ['init', '-q', root], { env: gitEnvironment });
  const paths = allPaths(root);
  if (paths.length === 0) return;
  const ours = new Set<string>();
  collectIgnored(tree, ROOT_PATH, Rules.NONE, ours);
  const theirs = ignoredByGit(root, paths);
  const differing = paths.filter((path) => theirs.has(path) !== (ours.has(path) || isBelowAny(path, ours)));
  assert.deepEqual(
    differing.map((path) => ({ path, git: theirs.has(path) })),
    [],
  );
}

const gitEnvironment = { ...process.env, GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_SYSTEM: '/dev/null', HOME: '/nonexistent' };

function ignoredByGit(root: string, paths: readonly string[]): Set<string> {
  const input = Buffer.concat(paths.map((path) => Buffer.concat([toBytes(path), Buffer.from('\0')])));
  const run = spawnSync('git', ['-C', root, 'check-ignore', '-z', '--stdin', '--no-index'], { input, env: gitEnvironment });
  assert.ok(run.status === 0 || run.status === 1, run.stderr.toString());
  return new Set(run.stdout.toString('latin1').split('\0').slice(0, -1));
}

function plant(place: Buffer, { children, patterns }: Node): void {
  if (patterns !== null) writeFileSync(Buffer.concat([place, Buffer.from('/.gitignore')]), toBytes(patterns));
  for (const child of children ?? []) {
    const at = Buffer.concat([place, Buffer.from('/'), toBytes(child.name)]);
    if (child.children === null) writeFileSync(at, '');
    else {
      mkdirSync(at);
      plant(at, child);
    }
  }
}

function allPaths(root: string): string[] {
  const found: string[] = [];
  const visit = (path: string): void => {
    for (const entry of readdirSync(toBytes(`${root}/${path}`), { withFileTypes: true, encoding: 'buffer' })) {
      const called = byteString(entry.name);
      if (path === '' && called === '.git') continue;
      const at = path === '' ? called : `${path}/${called}`;
      if (called !== '.gitignore') found.push(at);
      if (entry.isDirectory()) visit(at);
    }
  };
  visit('');
  return found;
}

function collectIgnored(node: Node, path: TreePath, above: Rules, into: Set<string>): void {
  const rules = node.patterns === null ? above : above.within(path, PatternList.parse('there', node.patterns));
  for (const child of node.children ?? []) {
    const isDirectory = child.children !== null;
    const at = joinPath(path, child.name as Name);
    const asked = rules.asksForKind ? isDirectory : false;
    if (rules.ignores(path, child.name as Name, asked)) into.add(at);
    else if (isDirectory) collectIgnored(child, at, rules, into);
  }
}

function isBelowAny(path: string, folders: ReadonlySet<string>): boolean {
  return path.split('/').some((_, index, parts) => folders.has(parts.slice(0, index).join('/')));
}
