import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BtsootError } from '@btsoot/shared/model/errors.js';
import { makeTestRemote } from '@btsoot/shared/wire/testing/certificates.js';
import { GREETING } from '@btsoot/shared/wire/testing/serving.js';
import { find, sourceDoctor, troubles } from './harness/doctor.js';
import { fakeRemote } from './harness/fake-remote.js';
import { temporaryDirectory } from './harness/world.js';

/* What a doctor says of remotes that are older, that are wrong about the time or full, and that lie. */

const HOUR_US = 60 * 60 * 1_000_000;
const nowUs = (): number => Date.now() * 1000;
const CONDITION = { freeBytes: 5e11, totalBytes: 1e12, reflinks: true };
/** The tests' remotes have no blocks. */
const USUAL = 'warning config here';

test('an older remote says nothing of its clock, its disk and its link, and works', async (t) => {
  const { source, answer } = await fakeRemote(t, temporaryDirectory(t));
  answer({
    hello: async () => ({ ...GREETING, protocolMinor: 0 }),
    measureLink: () => {
      throw new BtsootError('version', 'The server does not implement the method MeasureLink');
    },
  });
  assert.deepEqual(troubles(await sourceDoctor(source, '--thorough')), [USUAL, 'warning version pi', 'warning link-speed pi']);
});

test('a clock that is wrong, and a disk that is full', async (t) => {
  const { source, answer } = await fakeRemote(t, temporaryDirectory(t));
  const says = (ahead: number, condition: object = {}) =>
    answer({ hello: async () => ({ ...GREETING, condition: { ...CONDITION, nowUs: nowUs() + ahead, ...condition } }) });
  says(0);
  assert.deepEqual(troubles(await sourceDoctor(source)), [USUAL]);
  says(HOUR_US);
  const ahead = await sourceDoctor(source);
  assert.deepEqual(troubles(ahead), [USUAL, 'warning clock-skew pi']);
  assert.match(find(ahead, 'clock-skew').message, /its clock is (60 min|1 h) ahead of ours/);
  says(-50 * HOUR_US);
  assert.deepEqual(troubles(await sourceDoctor(source)), [USUAL, 'bad clock-skew pi']);
  says(0, { freeBytes: 1_000 });
  assert.deepEqual(troubles(await sourceDoctor(source)), [USUAL, 'bad free-space pi']);
  says(0, { totalBytes: 0 });
  assert.deepEqual(troubles(await sourceDoctor(source)), [USUAL, 'bad free-space pi']);
  says(0, { freeBytes: 2 ** 60 });
  assert.deepEqual(troubles(await sourceDoctor(source)), [USUAL, 'bad reachable pi'], 'it is no number that can be');
});

test("a remote's certificate that has ended is what is named, and that nothing can be sent to it", async (t) => {
  const identity = makeTestRemote('btsoot-remote', { server: '210101000000Z' });
  const { source } = await fakeRemote(t, temporaryDirectory(t), identity);
  const said = await sourceDoctor(source);
  assert.deepEqual(troubles(said), [USUAL, 'bad certificate pi', 'bad reachable pi']);
  assert.match(
    find(
      said.filter(({ level }) => level === 'bad'),
      'certificate',
    ).message,
    /the remote's certificate has expired on 2021-01-01/,
  );
});

test('a link that takes nothing is measured for no longer than a while', async (t) => {
  const { source, answer } = await fakeRemote(t, temporaryDirectory(t));
  answer({
    hello: async () => ({ ...GREETING, condition: { ...CONDITION, nowUs: nowUs() } }),
    async *measureLink(_, { signal }) {
      await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
    },
  });
  assert.deepEqual(troubles(await sourceDoctor(source, '--thorough')), [USUAL, 'warning link-speed pi']);
});
