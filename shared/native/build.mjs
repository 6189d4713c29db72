// Compiles lister.c and small-files.c where they have changed. Where one cannot be compiled, the scan does without it, and that is all
// there is to say.
import { spawnSync } from 'node:child_process';
import { mkdirSync, renameSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const at = (path) => fileURLToPath(new URL(path, import.meta.url));
const require = createRequire(import.meta.url);
const sharedMs = Math.max(modifiedMs(at('look.h')), modifiedMs(at('build.mjs')));

if (process.platform === 'linux') for (const name of ['lister', 'small-files']) compileIfChanged(name);

function compileIfChanged(name) {
  const [source, library] = [at(`${name}.c`), at(`build/${name}.node`)];
  if (modifiedMs(library) < Math.max(modifiedMs(source), sharedMs)) compile(source, library);
}

function compile(source, library) {
  const xxHash = join(dirname(require.resolve('xxhash-addon/package.json')), 'xxHash');
  const made = `${library}.${process.pid}`;
  mkdirSync(dirname(library), { recursive: true });
  // The headers of others are theirs to keep free of warnings.
  const headers = [`-I${require('node-api-headers').include_dir}`, '-isystem', xxHash];
  const flags = ['-O2', '-Wall', '-Wextra', '-std=c11', '-shared', '-fPIC', ...headers];
  const compiler = process.env.CC ?? 'cc';
  const { status, error, stderr } = spawnSync(compiler, [...flags, '-o', made, source], { encoding: 'utf8' });
  if (status === 0) renameSync(made, library);
  else console.error(`scans will be slower: ${source} cannot be compiled: ${error?.message ?? stderr}`);
}

function modifiedMs(path) {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}
