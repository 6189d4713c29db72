// Compiles the native parts for machines of another kind, each once for each version of what it is made of.
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { repository } from '../cli/programs.mjs';
import { EXTERNAL } from './contents.mjs';

/** Large files and times after 2038, where the C library has smaller ones by default: on 32 bits. */
const WIDE = '-D_FILE_OFFSET_BITS=64 -D_TIME_BITS=64';

/** @returns a folder that has the native parts where the repository has this machine's. */
export function crossBuilt(target) {
  const folder = join(repository, 'node_modules/.cache/btsoot-cross', target.architecture);
  for (const name of EXTERNAL) compilePackage(name, target, join(folder, 'node_modules', name));
  const build = join(repository, 'shared/native/build.mjs');
  const complaints = run(process.execPath, [build, join(folder, 'shared/native/build')], { CC: target.cc });
  if (complaints !== '') console.error(complaints);
  return folder;
}

function compilePackage(name, { arch, cc, cxx, ar }, folder) {
  const from = join(repository, 'node_modules', name);
  const manifest = JSON.parse(readFileSync(join(from, 'package.json'), 'utf8'));
  const madeOf = [manifest.version, process.version, said(cxx, '--version'), WIDE].join('\n');
  const mark = join(folder, 'made-of');
  if (textOf(mark) === madeOf) return;
  console.error(`compiling ${name} for ${arch}`);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  cpSync(from, folder, { recursive: true, filter: (path) => !['build', 'prebuilds'].includes(basename(path)) });
  // npm has node-gyp for the scripts of packages, and tells it where Node's headers are. Nothing is fetched that was compiled by others.
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ ...manifest, scripts: { build: 'node-gyp rebuild --release' } }));
  const tools = { CC: cc, CXX: cxx, AR: ar, CFLAGS: WIDE, CXXFLAGS: WIDE, npm_config_arch: arch };
  run('npm', ['--prefix', folder, '--silent', 'run', 'build'], tools);
  writeFileSync(mark, madeOf);
}

function textOf(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}

function said(command, ...args) {
  return spawnSync(command, args, { encoding: 'utf8' }).stdout;
}

/** @returns what it said on stderr */
function run(command, args, environment) {
  const env = { ...process.env, ...environment };
  const { status, error, stdout, stderr } = spawnSync(command, args, { env, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });
  if (error !== undefined) throw error;
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${status}:\n${stdout}${stderr}`);
  return stderr;
}
