// Makes one file and a few chunks of each agent's hundreds of modules: a third of the time to start, and less memory.
// main.js comes last, at once, so that it is the measure of what was done; chunks of before stay for a day, for agents that run.
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const repository = fileURLToPath(new URL('..', import.meta.url));
const shared = join(repository, 'shared', 'dist');
const LIMITS = join(shared, 'model', 'limits.js');
const WORKER = join(shared, 'disk', 'hash-worker.js');

const DAY_MS = 24 * 60 * 60 * 1000;
const partsMs = [fileURLToPath(import.meta.url), join(repository, 'node_modules', '.package-lock.json')].map(modifiedMs);

for (const agent of ['agent-source', 'agent-remote']) {
  const [compiled, outdir] = [join(repository, agent, 'dist'), join(repository, agent, 'bundle')];
  const changedMs = Math.max(newest(compiled), newest(shared), ...partsMs);
  if (modifiedMs(join(outdir, 'main.js')) < changedMs) write(outdir, await bundle(compiled, outdir));
}

function write(outdir, files) {
  mkdirSync(outdir, { recursive: true });
  const isLast = ({ path }) => Number(basename(path) === 'main.js');
  for (const { path, contents } of files.toSorted((a, b) => isLast(a) - isLast(b))) {
    const part = `${path}.${process.pid}`;
    writeFileSync(part, contents, { mode: 0o755 });
    renameSync(part, path);
  }
  const written = new Set(files.map(({ path }) => path));
  for (const path of readdirSync(outdir).map((name) => join(outdir, name)))
    if (!written.has(path) && modifiedMs(path) < Date.now() - DAY_MS) rmSync(path);
}

function modifiedMs(path) {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}
async function bundle(compiled, outdir) {
  // What has native parts.
  const external = ['better-sqlite3', 'xxhash-addon', 'fs-xattr'];
  const { outputFiles } = await build({
    write: false,
    entryPoints: [join(compiled, 'main.js'), WORKER],
    entryNames: '[name]',
    outdir,
    bundle: true,
    splitting: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    external,
    logLevel: 'warning',
    banner: {
      js: "import { createRequire as bundledRequire } from 'node:module'; const require = bundledRequire(import.meta.url);",
    },
    plugins: [keepPlaces(outdir), keepLimits(outdir)],
  });
  return outputFiles;
}

/** A module that looks for a file beside itself finds it where it was; the worker is in the bundle. */
function keepPlaces(outdir) {
  return {
    name: 'keep-places',
    setup(builder) {
      builder.onLoad({ filter: /\/dist\/.*\.js$/ }, ({ path }) => {
        if (path.includes('node_modules/') || path === join(dirname(WORKER), 'hash-thread.js')) return undefined;
        const text = readFileSync(path, 'utf8');
        if (!text.includes('import.meta.url')) return undefined;
        const place = `new URL(${JSON.stringify(relative(outdir, path))}, import.meta.url).href`;
        return { contents: text.replaceAll('import.meta.url', place), loader: 'js' };
      });
    },
  };
}

/** One module of limits for all of a process: tests make some of them smaller. */
function keepLimits(outdir) {
  return {
    name: 'keep-limits',
    setup(builder) {
      builder.onResolve({ filter: /\/limits\.js$/ }, async ({ path, pluginData, ...where }) => {
        if (pluginData === 'resolving') return undefined;
        const found = await builder.resolve(path, { ...where, pluginData: 'resolving' });
        return found.path === LIMITS ? { path: `./${relative(outdir, LIMITS)}`, external: true } : found;
      });
    },
  };
}

function newest(folder) {
  const times = readdirSync(folder, { recursive: true })
    .filter((name) => name.endsWith('.js') && !name.endsWith('.test.js'))
    .map((name) => statSync(join(folder, name)).mtimeMs);
  return Math.max(0, ...times);
}
