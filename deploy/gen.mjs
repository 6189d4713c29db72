// Writes completions and man pages, as `npm run gen` does: what the compiled programs say of themselves, in other forms.
// With `--check` it writes nothing, and fails where a file is not up to date.
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { bashCompletion } from './cli/bash.mjs';
import { fishCompletion } from './cli/fish.mjs';
import { commandPage } from './cli/man-command.mjs';
import { configPage } from './cli/man-config.mjs';
import { describePrograms, repository } from './cli/programs.mjs';
import { zshCompletion } from './cli/zsh.mjs';
import { btsoot, btsootRemote } from './man/about.mjs';

const { version } = JSON.parse(readFileSync(`${repository}package.json`, 'utf8'));
const [source, remote] = describePrograms();

const files = {
  'man/btsoot.1': commandPage(source, version, btsoot),
  'man/btsoot-remote.1': commandPage(remote, version, btsootRemote),
  'man/btsoot.toml.5': configPage(version),
};
for (const program of [source, remote]) {
  files[`completions/${program.name}.bash`] = bashCompletion(program);
  files[`completions/_${program.name}`] = zshCompletion(program);
  files[`completions/${program.name}.fish`] = fishCompletion(program);
}

const stale = Object.entries(files).filter(([name, text]) => textOf(name) !== text);
if (process.argv.includes('--check')) {
  for (const [name] of stale) console.error(`deploy/${name} is not up to date: run npm run gen`);
  process.exitCode = stale.length === 0 ? 0 : 1;
} else for (const [name, text] of stale) writeFileSync(place(name), text);

function place(name) {
  return fileURLToPath(new URL(name, import.meta.url));
}

function textOf(name) {
  try {
    return readFileSync(place(name), 'utf8');
  } catch {
    return null;
  }
}
