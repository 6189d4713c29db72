// Compiles what has changed of the native parts. Where one cannot be compiled, BTSOOT does without it, and that is all there is to say.
import { spawnSync } from 'node:child_process';
import { mkdirSync, renameSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

const at = (path) => fileURLToPath(new URL(path, import.meta.url));
const LIBRARIES = [
  { name: 'lister', without: 'scans will be slower' },
  { name: 'watcher', without: 'folders cannot be watched' },
];

for (const library of process.platform === 'linux' ? LIBRARIES : []) compileIfChanged(library);

function compileIfChanged({ name, without }) {
  const [source, library] = [at(`${name}.c`), at(`build/${name}.node`)];
  const changedMs = Math.max(...[source, at('watch.h'), at('build.mjs')].map(modifiedMs));
  if (modifiedMs(library) >= changedMs) return;
  const { include_dir } = createRequire(import.meta.url)('node-api-headers');
  const made = `${library}.${process.pid}`;
  mkdirSync(at('build'), { recursive: true });
  const flags = ['-O2', '-Wall', '-Wextra', '-std=c11', '-shared', '-fPIC', '-pthread', `-I${include_dir}`];
  const compiler = process.env.CC ?? 'cc';
  const { status, error, stderr } = spawnSync(compiler, [...flags, '-o', made, source], { encoding: 'utf8' });
  if (status === 0) renameSync(made, library);
  else console.error(`${without}: ${name}.c cannot be compiled: ${error?.message ?? stderr}`);
}

function modifiedMs(path) {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}
