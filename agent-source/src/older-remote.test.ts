import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BtsootError } from '@btsoot/shared/model/errors.js';
import { PROTOCOL } from '@btsoot/shared/wire/protocol.js';
import { blamingVersion } from './older-remote.js';

const greeting = { protocolMajor: PROTOCOL.major, remoteName: 'pi', version: '0.1.0', blocks: [], condition: null };
const speaking = (protocolMinor: number) => ({ hello: async () => ({ ...greeting, protocolMinor }) });
const refused = new BtsootError('invalid', 'a step says nothing to do');

test('what a remote of an earlier version has refused is put down to its version', async () => {
  const error = await blamingVersion(speaking(0), refused);
  assert.ok(error instanceof BtsootError && error.kind === 'version');
  assert.match(error.message, /speaks protocol 2\.\d+, this one 2\.\d+: a step says nothing to do$/);
  assert.match(error.hint ?? '', /^Upgrade BTSOOT on the remote's machine/);
});

test('any other error stays what it is', async () => {
  const busy = new BtsootError('busy', 'in use');
  const silent = {
    hello: async () => {
      throw new BtsootError('unreachable', 'nobody there');
    },
  };
  assert.equal(await blamingVersion(speaking(0), busy), busy);
  for (const remote of [speaking(1), speaking(PROTOCOL.minor), speaking(PROTOCOL.minor + 1), silent])
    assert.equal(await blamingVersion(remote, refused), refused);
});
