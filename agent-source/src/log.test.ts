import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import { test } from 'node:test';
import { temporaryPaths } from './fixtures.js';
import { clean, openLog } from './log.js';

test('no line, no file', async () => {
  const { logFile } = temporaryPaths();
  await openLog({ kind: 'file', file: logFile }).close();
  assert.equal(existsSync(logFile), false);
});

test('lines are JSON, in order, for the owner alone, and a later log appends', async () => {
  const { logFile } = temporaryPaths();
  for (const round of [1, 2]) {
    const log = openLog({ kind: 'file', file: logFile });
    log.log('info', 'sync ended', { block: 'photos', round });
    log.log('debug', 'not at this level');
    log.log('warn', 'last', { round });
    await log.close();
  }
  const lines = readFileSync(logFile, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  assert.deepEqual(
    lines.map(({ level, message, round }) => `${level} ${message} ${round}`),
    ['info sync ended 1', 'warn last 1', 'info sync ended 2', 'warn last 2'],
  );
  assert.match(lines[0].time, /^\d{4}-.*Z$/);
  assert.equal(statSync(logFile).mode & 0o777, 0o600);
});

test('a log that cannot be written stops nobody', async () => {
  const { logFile } = temporaryPaths();
  mkdirSync(logFile, { recursive: true }); // a directory where the file should be
  const log = openLog({ kind: 'file', file: logFile });
  log.log('error', 'lost');
  await log.close();
});

test('secrets are hidden, by name and by look', () => {
  const key = '-----BEGIN PRIVATE KEY-----\nMIG\n-----END PRIVATE KEY-----';
  assert.deepEqual(clean({ pairingCode: 'x', secret: 'y', error: `bad btsoot1-AbC_d and ${key}.`, code: 5, block: 'photos' }), {
    pairingCode: '(hidden)',
    secret: '(hidden)',
    error: 'bad (hidden) and (hidden).',
    code: '(hidden)',
    block: 'photos',
  });
});
