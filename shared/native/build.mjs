// Compiles lister.c where it has changed. Where it cannot be compiled, the scan does without it, and that is all there is to say.
import { spawnSync } from 'node:child_process';
import { mkdirSync, renameSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

const at = (path) => fileURLToPath(new URL(path, import.meta.url));
const [source, folder, library] = [at('lister.c'), at('build'), at('build/lister.node')];

if (process.platform === 'linux' && modifiedMs(library) < Math.max(modifiedMs(source), modifiedMs(at('build.mjs')))) compile();

function compile() {
  const { include_dir } = createRequire(import.meta.url)('node-api-headers');
  const made = `${library}.${process.pid}`;
  mkdirSync(folder, { recursive: true });
  const flags = ['-O2', '-Wall', '-Wextra', '-std=c11', '-shared', '-fPIC', `-I${include_dir}`];
  const compiler = process.env.CC ?? 'cc';
  const { status, error, stderr } = spawnSync(compiler, [...flags, '-o', made, source], { encoding: 'utf8' });
  if (status === 0) renameSync(made, library);
  else console.error(`scans will be slower: lister.c cannot be compiled: ${error?.message ?? stderr}`);
}

function modifiedMs(path) {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}
