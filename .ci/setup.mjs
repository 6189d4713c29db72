// Makes a clone ready to run: installs what the lock file says where it is not installed, and compiles what changed.
// Quiet when there is nothing to do, which is nearly always.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

const repository = fileURLToPath(new URL('..', import.meta.url));
process.chdir(repository);

const reason = reasonToInstall();
if (reason !== null) {
  console.error(`setting up: npm ci, as ${reason} (one to three minutes, on a Pi more: better-sqlite3 is compiled)`);
  run('npm', ['ci', '--loglevel=error']);
}
run(process.execPath, ['node_modules/typescript/bin/tsc', '-b']);
run(process.execPath, ['shared/native/build.mjs']);
run(process.execPath, ['.ci/bundle.mjs']);

/** Null where all that the lock file names is installed and its native parts load. */
function reasonToInstall() {
  const wanted = packagesOf('package-lock.json') ?? {};
  const installed = packagesOf('node_modules/.package-lock.json');
  if (installed === null) return 'nothing is installed yet';
  for (const [path, { version, optional }] of Object.entries(wanted)) {
    // What is optional and not there does not fit this machine, its Node or its npm.
    if (!path.includes('node_modules/') || (optional && !installed[path])) continue;
    if (installed[path]?.version !== version) return `${path} is not at version ${version}`;
  }
  return reasonNativePartsFail();
}

function reasonNativePartsFail() {
  const require = createRequire(import.meta.url);
  try {
    new (require('better-sqlite3'))(':memory:').close();
    require('xxhash-addon');
    require('fs-xattr');
    return null;
  } catch (error) {
    return `a native package does not load (${error.code ?? error.message})`;
  }
}

/** Null where there is no such lock file. */
function packagesOf(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8')).packages;
  } catch {
    return null;
  }
}

function run(command, args) {
  const { status, error } = spawnSync(command, args, { stdio: ['ignore', 2, 2] });
  if (error !== undefined) console.error(`${command}: ${error.message}`);
  if (status !== 0) process.exit(status ?? 1);
}
