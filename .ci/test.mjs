// Runs the tests of all workspaces with Node's test runner: `npm test`, or `npm test -- WORD...` for the test files
// whose path holds one of the words.
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

process.chdir(fileURLToPath(new URL('..', import.meta.url)));

const words = process.argv.slice(2);
const files = ['shared', 'agent-remote', 'agent-source', 'integration-tests'].flatMap(testFilesOf).filter(isWanted);
if (files.length === 0) {
  console.error(`no test file's path holds ${words.join(' or ')}`);
  process.exit(2);
}
const testTimeoutMs = 15 * 60 * 1000;
// Much of a test is waiting for the disk: even two cores have room for two files at a time.
const concurrency = Math.max(2, availableParallelism() - 1);
const options = ['--test-reporter=spec', `--test-timeout=${testTimeoutMs}`, `--test-concurrency=${concurrency}`];
const { status } = spawnSync(process.execPath, ['--test', ...options, ...files], { stdio: 'inherit' });
process.exit(status ?? 1);

/** Listed from the sources: what was compiled from a file that is gone must not run. */
function testFilesOf(workspace) {
  return readdirSync(join(workspace, 'src'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.test.ts'))
    .sort()
    .map((name) => join(workspace, 'dist', name.replace(/\.ts$/, '.js')));
}

function isWanted(file) {
  return words.length === 0 || words.some((word) => file.includes(word));
}
