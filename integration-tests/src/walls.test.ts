import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, resolve, sep } from 'node:path';
import { test } from 'node:test';
import { repository } from './harness/programs.js';

/*
 * Who may import whom. Nobody imports upwards: the pure rooms know only the model, the rooms that do things do not
 * know each other, and the two agents never meet but on the wire.
 */

/** What a room may import from the project's other rooms. */
const mayImport: Readonly<Record<string, readonly string[]>> = {
  'shared/model': [],
  'shared/reconcile': ['shared/model'],
  'shared/delta': ['shared/model'],
  'shared/filter': ['shared/model'],
  'shared/disk': ['shared/model', 'shared/delta'],
  'shared/manifest': ['shared/model'],
  'shared/pki': ['shared/model'],
  'shared/wire': ['shared/model'],
  'shared/metrics': ['shared/model'],
  'shared/scan': ['shared/model', 'shared/delta', 'shared/filter', 'shared/disk', 'shared/manifest'],
  'shared/apply': ['shared/model', 'shared/delta', 'shared/disk', 'shared/manifest'],
  'shared/scrub': ['shared/model', 'shared/disk', 'shared/manifest', 'shared/scan', 'shared/apply'],
  'shared/doctor': ['shared/model', 'shared/disk', 'shared/manifest'],
  'agent-source': ['shared'],
  'agent-remote': ['shared'],
  'integration-tests': ['shared'],
};

/** Packages that only these rooms may import. */
const ownPackages: Readonly<Record<string, readonly string[]>> = {
  '@grpc/grpc-js': ['shared/wire'],
  '@grpc/proto-loader': ['shared/wire'],
  protobufjs: ['shared/wire'],
  ignore: ['shared/filter'],
  'prom-client': ['shared/metrics'],
  // The agents lock with it: Node has no other lock that a dying process lets go of.
  'better-sqlite3': ['shared/manifest', 'agent-source', 'agent-remote'],
  '@peculiar': ['shared/pki'],
};

/** Rooms that decide: no clock, no disk, no network, so nothing of Node's but its hashes. */
const pureRooms: readonly string[] = ['shared/model', 'shared/reconcile', 'shared/delta', 'shared/filter'];

interface Import {
  readonly file: string;
  readonly room: string;
  /** As written. */
  readonly specifier: string;
  /** The room it leads to; undefined for packages and for Node's own modules. */
  readonly target: string | undefined;
}

const imports = ['shared', 'agent-source', 'agent-remote', 'integration-tests'].flatMap(importsOfWorkspace);

test('rooms import only what lies below them', () => {
  const breaches = imports.filter(({ room, target }) => {
    if (target === undefined || target === room) return false;
    const allowed = mayImport[room] ?? assert.fail(`the room ${room} has no place in this house`);
    return !allowed.some((other) => target === other || target.startsWith(`${other}/`));
  });
  assert.deepEqual(breaches.map(describeImport), []);
});

test('heavy packages stay in the room that wraps them', () => {
  const breaches = imports.filter(({ room, specifier }) => {
    const owner = Object.keys(ownPackages).find((name) => specifier === name || specifier.startsWith(`${name}/`));
    return owner !== undefined && !ownPackages[owner]?.includes(room);
  });
  assert.deepEqual(breaches.map(describeImport), []);
});

test('a workspace declares the packages that it imports', () => {
  const breaches = imports.filter(({ file, specifier }) => {
    const [workspace = ''] = file.split(sep);
    return /^[@a-z]/.test(specifier) && !specifier.startsWith('node:') && !declaredIn(workspace).has(packageOf(specifier));
  });
  assert.deepEqual(breaches.map(describeImport), []);
});

test('the rooms that decide touch no disk, no network and no clock', () => {
  const breaches = imports.filter(
    ({ file, room, specifier }) =>
      pureRooms.includes(room) && specifier.startsWith('node:') && specifier !== 'node:crypto' && !isTestCode(file),
  );
  assert.deepEqual(breaches.map(describeImport), []);
});

test('the judge of the integration tests shares no code with the program', () => {
  const ofJudge = ['compare', 'rsync', 'attributes'];
  const judge = imports.filter(({ file }) => ofJudge.some((name) => file.endsWith(`harness/${name}.ts`)));
  assert.notEqual(judge.length, 0);
  const allowed = ofJudge.map((name) => `./${name}.js`);
  const foreign = judge.filter(({ specifier }) => !specifier.startsWith('node:') && !allowed.includes(specifier));
  assert.deepEqual(foreign.map(describeImport), []);
});

function importsOfWorkspace(workspace: string): Import[] {
  const source = join(repository, workspace, 'src');
  return readdirSync(source, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .flatMap((name) => importsOfFile(workspace, source, join(source, name)));
}

function importsOfFile(workspace: string, source: string, path: string): Import[] {
  const text = readFileSync(path, 'utf8');
  const room = roomOf(workspace, relative(source, path));
  const file = relative(repository, path);
  const pattern = /^\s*(?:import|export)\b[^;'"]*?\bfrom\s*'([^']+)'|^\s*import\s*'([^']+)'|\bimport\('([^']+)'\)/gm;
  return [...text.matchAll(pattern)].map((match) => {
    const specifier = match[1] ?? match[2] ?? match[3] ?? '';
    return { file, room, specifier, target: targetOf(workspace, source, path, specifier) };
  });
}

function targetOf(workspace: string, source: string, path: string, specifier: string): string | undefined {
  const own = /^@btsoot\/([^/]+)\/?(.*)$/.exec(specifier);
  if (own !== null) return roomOf(own[1] ?? '', own[2] ?? '');
  if (!specifier.startsWith('.')) return undefined;
  return roomOf(workspace, relative(source, resolve(path, '..', specifier)));
}

/** Only `shared` has rooms with walls; each agent is one. */
function roomOf(workspace: string, pathInSource: string): string {
  return workspace === 'shared' ? `shared/${pathInSource.split(/[/\\]/)[0]}` : workspace;
}

function declaredIn(workspace: string): Set<string> {
  const text = readFileSync(join(repository, workspace, 'package.json'), 'utf8');
  const { dependencies = {}, devDependencies = {} } = JSON.parse(text) as Record<string, Record<string, string> | undefined>;
  return new Set([...Object.keys(dependencies), ...Object.keys(devDependencies)]);
}

/** `@scope/name/deeper` is of the package `@scope/name`. */
function packageOf(specifier: string): string {
  const parts = specifier.split('/');
  return parts.slice(0, specifier.startsWith('@') ? 2 : 1).join('/');
}

function isTestCode(file: string): boolean {
  return /\.test\.ts$|[./-]testing\b|fixture/.test(file.split(sep).join('/'));
}

function describeImport({ file, specifier }: Import): string {
  return `${file} imports ${specifier}`;
}
