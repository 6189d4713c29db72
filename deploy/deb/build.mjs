// Makes a .deb of each agent for machines like this one: `npm run deb`. With `--arch arm64` or `--arch armhf` for others, with
// `--out DIR` elsewhere. It takes no root.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  copyFileSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { gzipSync } from 'node:zlib';
import { repository } from '../cli/programs.mjs';
import { filesOf, licences } from './contents.mjs';
import { changelogText, controlText, copyrightText } from './control.mjs';
import { crossBuilt } from './cross.mjs';
import { packages } from './packages.mjs';
import { targetOf } from './target.mjs';

const here = join(repository, 'deploy');
const { values } = parseArgs({
  options: { arch: { type: 'string' }, out: { type: 'string', default: join(here, 'deb', 'out') } },
});
const { version } = JSON.parse(readFileSync(join(repository, 'package.json'), 'utf8'));
const target = targetOrExit();
const { architecture } = target;
const nativeRoot = target.isOwn ? repository : crossBuilt(target);
// dpkg-deb reads it: the same commit makes the same package.
process.env.SOURCE_DATE_EPOCH ??= String(commitTime());
const date = new Date(1000 * Number(process.env.SOURCE_DATE_EPOCH));

const out = resolve(values.out);
mkdirSync(out, { recursive: true });
for (const each of packages) await makePackage(each);

function targetOrExit() {
  try {
    return targetOf(values.arch);
  } catch (error) {
    console.error(error.message);
    return process.exit(2);
  }
}

async function makePackage(each) {
  const stage = mkdtempSync(join(tmpdir(), 'btsoot-deb-'));
  try {
    chmodSync(stage, 0o755);
    const natives = await putProgram(each, stage);
    putFiles(each, stage);
    const installedKiB = Math.ceil(bytesBelow(stage) / 1024);
    putControl(each, stage, { version, architecture, installedKiB, natives });
    const deb = join(out, `${each.name}_${version}_${architecture}.deb`);
    run('dpkg-deb', '--root-owner-group', '-Zxz', '--build', stage, deb);
    console.log(`${deb}: ${kib(lstatSync(deb).size)} KiB, installed ${installedKiB} KiB`);
  } finally {
    rmSync(stage, { recursive: true });
  }
}

/** @returns the files with compiled code */
async function putProgram({ name, command, agents }, stage) {
  const library = join(stage, 'usr/lib', name);
  const files = await filesOf(agents, target.arch, nativeRoot);
  for (const { path, from } of files) put(join(library, path), readFileSync(from), path.endsWith('/main.js') ? 0o755 : 0o644);
  const natives = files.filter(({ path }) => path.endsWith('.node')).map(({ path }) => join(library, path));
  for (const native of natives) run(target.strip, '--strip-unneeded', native);
  if (agents.includes('agent-remote') && agents.length > 1)
    link('../../agent-remote', join(library, 'node_modules/@btsoot/agent-remote'));

  const main = join(library, agents[0], 'bundle/main.js');
  // The packaged node, as the native parts fit no other; with the settings that the first line has already.
  put(main, readFileSync(main, 'utf8').replace(/^#!(.*?)(?:\/usr\/bin\/env )?node\b/, '#!$1/usr/bin/node'), 0o755);
  link(`../lib/${name}/${agents[0]}/bundle/main.js`, join(stage, 'usr/bin', command));
  return natives;
}

function putFiles({ name, agents, files }, stage) {
  for (const [from, to] of Object.entries(files)) {
    const contents = readFileSync(join(here, from));
    put(join(stage, to), to.endsWith('.gz') ? gzipSync(contents, { level: 9 }) : contents);
  }
  const documents = join(stage, 'usr/share/doc', name);
  put(join(documents, 'copyright'), copyrightText(readFileSync(join(repository, 'LICENSE'), 'utf8'), licences(agents)));
  put(join(documents, 'changelog.gz'), gzipSync(changelogText(name, version, date), { level: 9 }));
  put(join(documents, 'NEWS.md.gz'), gzipSync(readFileSync(join(repository, 'CHANGELOG.md')), { level: 9 }));
  for (const guide of readdirSync(join(here, 'guides')))
    put(join(documents, 'guides', guide), readFileSync(join(here, 'guides', guide)));
}

function putControl(each, stage, facts) {
  const sums = filesBelow(stage).map((path) => `${md5(join(stage, path))}  ${path}\n`);
  put(join(stage, 'DEBIAN/md5sums'), sums.join(''));
  put(join(stage, 'DEBIAN/control'), controlText(each, facts));
  for (const script of readdirSync(join(here, 'deb', each.name))) {
    copyFileSync(join(here, 'deb', each.name, script), join(stage, 'DEBIAN', script));
    chmodSync(join(stage, 'DEBIAN', script), 0o755);
  }
}

function put(path, contents, mode = 0o644) {
  mkdirSync(dirname(path), { recursive: true, mode: 0o755 });
  writeFileSync(path, contents, { mode });
  chmodSync(path, mode);
}

function link(to, path) {
  mkdirSync(dirname(path), { recursive: true, mode: 0o755 });
  symlinkSync(to, path);
}

/** Regular files, relative to the folder. */
function filesBelow(folder) {
  const all = readdirSync(folder, { recursive: true, withFileTypes: true });
  return all
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort();
}

/** As dpkg counts: whole KiB. */
function bytesBelow(folder) {
  return filesBelow(folder).reduce((sum, path) => sum + 1024 * kib(lstatSync(join(folder, path)).size), 0);
}

function kib(bytes) {
  return Math.ceil(bytes / 1024);
}

function md5(path) {
  return createHash('md5').update(readFileSync(path)).digest('hex');
}

/** In seconds; now, where this is no clone. */
function commitTime() {
  try {
    return run('git', '-C', repository, 'log', '-1', '--format=%ct');
  } catch {
    return Math.floor(Date.now() / 1000);
  }
}

function run(command, ...args) {
  return execFileSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] }).trim();
}
