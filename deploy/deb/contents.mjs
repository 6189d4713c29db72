// What of the repository an installed agent needs: the modules that it can reach, their native parts, and nothing else.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, relative } from 'node:path';
import { build } from 'esbuild';
import { repository } from '../cli/programs.mjs';

const require = createRequire(import.meta.url);

/** What is loaded at run time in ways that no bundler sees; .ci/bundle.mjs leaves it out of the bundles too. */
export const EXTERNAL = ['better-sqlite3', 'xxhash-addon', 'fs-xattr'];

const OTHER_FILES = [
  'shared/package.json',
  ...['proto/btsoot/v1', 'proto/grpc/health/v1'].flatMap((folder) => listed(folder).map((name) => `${folder}/${name}`)),
];

/** Of the dashboard: its page, and the module of the program's own that browsers get with it. */
const PAGE = [...listed('agent-source/dashboard').map((name) => `agent-source/dashboard/${name}`), 'shared/dist/model/human.js'];

/**
 * @param nativeRoot has the native parts, where the repository has its own
 * @returns for these agents, each file's path in the repository, and where it is taken from
 * @throws Error where one is missing: nothing was built yet
 */
export async function filesOf(agents, arch, nativeRoot) {
  const entryPoints = [
    ...agents.flatMap((agent) => ['main.js', 'hash-worker.js'].map((name) => join(repository, agent, 'bundle', name))),
    ...EXTERNAL.map((name) => require.resolve(name)),
  ];
  const { metafile } = await build({
    entryPoints,
    bundle: true,
    write: false,
    metafile: true,
    outdir: repository,
    platform: 'node',
    format: 'esm',
    logLevel: 'error',
    absWorkingDir: repository,
    loader: { '.node': 'empty' },
  });
  const reached = Object.keys(metafile.inputs).filter((path) => existsSync(join(repository, path)));
  const packages = new Set(reached.flatMap((path) => packageFolder(path) ?? []));
  const files = [
    ...reached.filter((path) => !path.endsWith('.node')),
    ...agents.map((agent) => `${agent}/package.json`),
    ...[...packages].map((folder) => `${folder}/package.json`),
    ...OTHER_FILES,
    ...(agents.includes('agent-source') ? PAGE : []),
  ];
  const natives = [...packages].flatMap((folder) => nativeParts(nativeRoot, folder, arch));
  const ours = listed('shared/native/build', nativeRoot).map((name) => `shared/native/build/${name}`);
  const taken = [
    ...[...new Set(files)].map((path) => partOf(repository, path)),
    ...[...natives, ...ours].map((path) => partOf(nativeRoot, path)),
  ];
  const missing = taken.filter(({ from }) => !existsSync(from)).map(({ path }) => path);
  if (missing.length > 0) throw new Error(`not there (npm run build makes it): ${missing.join(', ')}`);
  return taken;
}

function partOf(root, path) {
  return { path, from: join(root, path) };
}

/** Of `node_modules/@a/b/lib/c.js`, `node_modules/@a/b`. */
function packageFolder(path) {
  return /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0];
}

/** Compiled here, or brought along for this kind of machine. */
function nativeParts(root, folder, arch) {
  const built = join(folder, 'build', 'Release');
  const brought = join(folder, 'prebuilds', `linux-${arch}`);
  const compiled = listed(built, root).filter((name) => name.endsWith('.node') && !name.startsWith('test_'));
  if (compiled.length > 0) return compiled.map((name) => join(built, name));
  return listed(brought, root)
    .filter((name) => name.endsWith('.node') && !name.includes('musl'))
    .map((name) => join(brought, name));
}

function listed(folder, root = repository) {
  const at = join(root, folder);
  return existsSync(at) ? readdirSync(at) : [];
}

/** Every package that the agents are made of, with what its author says of copying it. */
export function licences(agents) {
  const found = new Map();
  const visit = (name, from) => {
    const manifest = manifestOf(name, from);
    if (manifest === null || found.has(manifest)) return;
    const { dependencies = {}, license, version } = JSON.parse(readFileSync(manifest, 'utf8'));
    const folder = join(manifest, '..');
    const text = readdirSync(folder).find((file) => /^licen[cs]e/i.test(file));
    found.set(manifest, {
      name,
      version,
      license: license ?? 'see below',
      text: text === undefined ? '' : licenceText(license, readFileSync(join(folder, text), 'utf8')),
    });
    for (const dependency of Object.keys(dependencies)) visit(dependency, folder);
  };
  for (const workspace of [...agents, 'shared']) {
    const folder = join(repository, workspace);
    const { dependencies } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    for (const name of Object.keys(dependencies)) if (!name.startsWith('@btsoot/')) visit(name, folder);
  }
  return [...found.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Debian has the long ones already. */
function licenceText(licence, text) {
  return licence === 'Apache-2.0' ? 'See /usr/share/common-licenses/Apache-2.0.' : text.trim();
}

/** Where it is installed, as Node looks for it: in the folder, and in those above. */
function manifestOf(name, from) {
  for (let at = from; !relative(repository, at).startsWith('..'); at = join(at, '..')) {
    const manifest = join(at, 'node_modules', name, 'package.json');
    if (existsSync(manifest)) return manifest;
  }
  return null;
}
