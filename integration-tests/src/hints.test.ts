import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { test } from 'node:test';
import { adviceFor, type ErrorKind } from '@btsoot/shared/model/errors.js';
import { repository } from './harness/programs.js';

/*
 * Whatever goes wrong, the person hears what to do next. Each place that throws says so itself, with a hint; where it cannot
 * know, what is shown has the advice of its kind. A doctor's findings have their advice by their type (model/diagnosis.ts).
 */

/** Places without a hint, and why they need none: a file, or a folder with all in it. */
const EXCUSED: Readonly<Record<string, string>> = {
  'agent-remote/src/signing.ts': 'an answer to a source, which sends the whole file then: nobody sees it',
  'agent-source/src/keep-aside.ts':
    'listed among the problems of a restore, where there is the message alone: it says what to do',
  'shared/src/apply':
    'why one step failed or one content is missing: the message alone travels, the sync goes on and tries again',
  'shared/src/delta': 'pure packing and unpacking: whoever calls it knows whose bytes they are',
  'shared/src/disk/byte-path.ts': 'a call that cannot be right: a bug',
  'shared/src/manifest/areas.ts': 'a row that cannot be asked for: a bug',
  'shared/src/manifest/entries.ts': 'a change that cannot be made: a bug',
  'shared/src/manifest/manifest.ts': 'a change that cannot be made: a bug',
  'shared/src/manifest/peers.ts': 'a row that cannot be asked for: a bug',
  'shared/src/manifest/rows.ts': 'a change that cannot be made: a bug',
  'shared/src/manifest/sightings.ts': 'a row that cannot be asked for: a bug',
  'shared/src/model/byte-fields.ts': 'pure unpacking: whoever calls it knows whose bytes they are',
  'shared/src/model/xattrs.ts': 'pure unpacking: whoever calls it knows whose bytes they are',
};

/** What the person has asked for, and bugs, which are shown as such. */
const SELF_EXPLAINING = /^\(\s*'(?:cancelled|internal)'/;

interface Site {
  readonly file: string;
  readonly line: number;
  /** From the parenthesis of `new BtsootError(` to the one that closes it. */
  readonly call: string;
}

const sites = ['agent-source', 'agent-remote', 'shared'].flatMap(sitesOf);

test('whatever is thrown says what to do next', () => {
  assert.ok(sites.length > 150, `the places that throw are not found any more: ${sites.length}`);
  const silent = sites.filter(({ file, call }) => !/hint/i.test(call) && !SELF_EXPLAINING.test(call) && excuseOf(file) === null);
  assert.deepEqual(
    silent.map(({ file, line, call }) => `${file}:${line} ${call.replace(/\s+/g, ' ')}`),
    [],
    'give these a hint: what can the person do?',
  );
});

test('nothing is excused that needs no excuse', () => {
  const needed = new Set(sites.filter(({ call }) => !/hint/i.test(call)).map(({ file }) => excuseOf(file)));
  assert.deepEqual(
    Object.keys(EXCUSED).filter((place) => !needed.has(place)),
    [],
  );
});

test('an error of any kind that has no hint gets the advice of its kind', () => {
  const kinds: Record<ErrorKind, true> = {
    ...{ invalid: true, 'not-found': true, exists: true, denied: true, busy: true, refused: true, drift: true, unstable: true },
    ...{ corrupt: true, 'no-space': true, io: true, unreachable: true, version: true, cancelled: true, internal: true },
  };
  const silent = (Object.keys(kinds) as ErrorKind[]).filter((kind) => adviceFor(kind) === null);
  assert.deepEqual(silent, ['cancelled']);
});

function excuseOf(file: string): string | null {
  return Object.keys(EXCUSED).find((place) => file === place || file.startsWith(`${place}/`)) ?? null;
}

function sitesOf(workspace: string): Site[] {
  const source = join(repository, workspace, 'src');
  return readdirSync(source, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !isTestCode(name))
    .flatMap((name) => sitesIn(join(source, name)));
}

function sitesIn(path: string): Site[] {
  const text = readFileSync(path, 'utf8');
  const file = relative(repository, path).split(sep).join('/');
  return [...text.matchAll(/new (?:BtsootError|UsageError)(?=\()/g)].map(({ index, 0: { length } }) => ({
    file,
    line: text.slice(0, index).split('\n').length,
    call: text.slice(index + length, closingOf(text, index + length)),
  }));
}

/** Behind the parenthesis that closes the one at `start`. Those in strings do not count; a template's `${}` may hold both. */
function closingOf(text: string, start: number): number {
  let [depth, quote] = [0, ''];
  for (let at = start; at < text.length; at++) {
    const character = text.charAt(at);
    if (character === '\\') at++;
    else if (quote !== '') quote = character === quote ? '' : quote;
    else if (`'"\``.includes(character)) quote = character;
    else if (character === '(') depth++;
    else if (character === ')' && --depth === 0) return at + 1;
  }
  return assert.fail(`a parenthesis is never closed: ${text.slice(start, start + 80)}`);
}

function isTestCode(name: string): boolean {
  return /\.test\.ts$|[./\\-]testing\b|fixture|fake-remote|-child\.ts$|raw-peer|swapping|patch-crash/.test(name);
}
