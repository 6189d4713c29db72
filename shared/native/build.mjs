// Compiles what has changed of the native parts. Where one cannot be compiled, BTSOOT does without it, and that is all there is to say.
// For a machine of another kind: `CC=its-compiler node build.mjs FOLDER`, and they are put into that folder.
import { spawnSync } from 'node:child_process';
import { mkdirSync, renameSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const at = (path) => fileURLToPath(new URL(path, import.meta.url));
const require = createRequire(import.meta.url);
const [folder = at('build')] = process.argv.slice(2).map((path) => resolve(path));
// Large files and times after 2038, where the C library has smaller ones by default: on 32 bits.
const WIDE = ['-D_FILE_OFFSET_BITS=64', '-D_TIME_BITS=64'];
const LIBRARIES = [
  { name: 'lister', without: 'scans will be slower' },
  { name: 'small-files', without: 'scans will be slower' },
  { name: 'page-cache', without: 'what was read a moment ago is verified in memory, not on the disk' },
  { name: 'watcher', without: 'folders cannot be watched' },
];
const sharedMs = Math.max(...['look.h', 'watch.h', 'build.mjs'].map((name) => modifiedMs(at(name))));

for (const library of process.platform === 'linux' ? LIBRARIES : []) compileIfChanged(library);

function compileIfChanged({ name, without }) {
  const [source, library] = [at(`${name}.c`), join(folder, `${name}.node`)];
  if (modifiedMs(library) >= Math.max(modifiedMs(source), sharedMs)) return;
  const xxHash = join(dirname(require.resolve('xxhash-addon/package.json')), 'xxHash');
  const made = `${library}.${process.pid}`;
  mkdirSync(dirname(library), { recursive: true });
  // The headers of others are theirs to keep free of warnings.
  const headers = [`-I${require('node-api-headers').include_dir}`, '-isystem', xxHash];
  const flags = ['-O2', '-Wall', '-Wextra', '-std=c11', '-shared', '-fPIC', '-pthread', ...WIDE, ...headers];
  const compiler = process.env.CC ?? 'cc';
  const { status, error, stderr } = spawnSync(compiler, [...flags, '-o', made, source], { encoding: 'utf8' });
  if (status === 0) renameSync(made, library);
  else console.error(`${without}: ${name}.c cannot be compiled: ${error?.message ?? stderr}`);
}

function modifiedMs(path) {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}
