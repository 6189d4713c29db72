import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { limits } from '@btsoot/shared/model/limits.js';
import { block, contextOf, syncResult, temporaryDirectory, temporaryPaths } from '../fixtures.js';
import type { SyncEnd } from '../sync-message.js';
import type { BlockHooks } from '../sync-types.js';
import { betweenHooks } from './hooks.js';

const NEVER = new AbortController().signal;
const GOOD: SyncEnd = { block: 'photos', kind: 'result', result: syncResult({ sentBytes: 12, session: 7 }) };
const BAD: SyncEnd = { block: 'photos', kind: 'error', error: { kind: 'io', message: 'the disk\0 broke', hint: null } };

async function hooked(hooks: Partial<BlockHooks>, end: SyncEnd = GOOD, ending: AbortSignal = NEVER) {
  const photos = { ...block('photos'), hooks: { before: null, after: null, limitMs: 60_000, ...hooks } };
  let syncs = 0;
  const ended = await betweenHooks(contextOf(temporaryPaths(), photos), photos, { signal: ending, ending }, async () => {
    syncs++;
    return end;
  });
  return { ended, syncs };
}

function logFile(): { said: () => string[]; say: (text: string) => string } {
  const file = path.join(temporaryDirectory(), 'said');
  return { said: () => readFileSync(file, 'utf8').trim().split('\n'), say: (text) => `printf '%s\\n' "${text}" >> ${file}` };
}

test('the commands run before and after, and the later one knows how it ended', async () => {
  const { said, say } = logFile();
  const after = say('$BTSOOT_BLOCK $BTSOOT_RESULT $BTSOOT_SENT_BYTES $BTSOOT_SESSION $BTSOOT_TARGET');
  const { ended, syncs } = await hooked({ before: say('before $BTSOOT_BLOCK'), after });
  assert.deepEqual([ended, syncs], [GOOD, 1]);
  assert.deepEqual(said(), ['before photos', 'photos done 12 7 /target/photos']);
});

test('where the first one fails, nothing is synced, and the second one hears of it', async () => {
  const { said, say } = logFile();
  const { ended, syncs } = await hooked({ before: 'echo no snapshot; exit 1', after: say('$BTSOOT_RESULT') });
  assert.equal(syncs, 0);
  assert.ok(ended.kind === 'error');
  assert.match(ended.error.message, /^the command before the sync failed, so nothing was synced: .*no snapshot$/);
  assert.deepEqual(said(), ['failed']);
});

test('a sync that failed has its second command, too', async () => {
  const { said, say } = logFile();
  const { ended } = await hooked({ after: say('$BTSOOT_RESULT: $BTSOOT_ERROR') }, BAD);
  assert.equal(ended, BAD);
  assert.deepEqual(said(), ['failed: the disk\\0 broke']);
});

test('that the second one fails is said, and changes nothing', async () => {
  const { ended } = await hooked({ after: 'exit 9' });
  assert.ok(ended.kind === 'result');
  assert.deepEqual({ ...ended.result, notes: [] }, GOOD.kind === 'result' && GOOD.result);
  assert.match(ended.result.notes[0] ?? '', /^the command after the sync failed: `exit 9` failed with status 9$/);
});

test('where this process is to end, the second one still runs, but not for ever', async (t) => {
  const { hookStopMaxMs } = limits;
  t.after(() => Object.assign(limits, { hookStopMaxMs }));
  const { said, say } = logFile();
  await hooked({ before: 'sleep 60', after: `sleep 0.1; ${say('started again')}` }, BAD, AbortSignal.abort());
  assert.deepEqual(said(), ['started again']);
  Object.assign(limits, { hookStopMaxMs: 20 });
  const { ended } = await hooked({ after: 'sleep 60' }, GOOD, AbortSignal.abort());
  assert.ok(ended.kind === 'result');
  assert.match(ended.result.notes[0] ?? '', /^the command after the sync failed: `sleep 60` was stopped$/);
});
