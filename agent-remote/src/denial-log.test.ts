import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BtsootError } from '@btsoot/shared/model/errors.js';
import { limits } from '@btsoot/shared/model/limits.js';
import { DenialLog } from './denial-log.js';
import type { Log, LogFields } from './log.js';

const nas = 'ab'.repeat(32);
const stranger = 'cd'.repeat(32);
const denial = new BtsootError('denied', 'not granted');

test('each source gets one line in a while, which counts what was not logged', () => {
  const lines: [string, LogFields | undefined][] = [];
  const unexpected = (): void => assert.fail();
  const warn: Log['warn'] = (message, fields) => lines.push([message, fields]);
  const clock = { ms: 1_000_000 };
  const names = new Map([[nas, 'nas']]);
  const log = { error: unexpected, warn, info: unexpected, debug: unexpected };
  const denials = new DenialLog(
    log,
    (fingerprint) => names.get(fingerprint),
    () => clock.ms,
  );
  const call = (fingerprint: string | null): void =>
    denials.denied(denial, 'CreateBlock', { fingerprint, peer: '192.0.2.7:5000', signal: new AbortController().signal });
  for (let i = 0; i < 1_000; i++) call(nas);
  call(stranger);
  clock.ms += limits.denialLogIntervalMs;
  call(nas);
  assert.deepEqual(
    lines.map(([message, fields]) => [message, fields?.['source'], fields?.['unlogged']]),
    [
      ['call denied', 'nas', 0],
      ['call denied', 'never paired', 0],
      ['call denied', 'nas', 999],
    ],
  );
  const reason = 'not granted';
  const first = {
    method: 'CreateBlock',
    source: 'nas',
    certificate: nas.slice(0, 16),
    peer: '192.0.2.7:5000',
    reason,
    unlogged: 0,
  };
  assert.deepEqual(lines[0]?.[1], first);
});
