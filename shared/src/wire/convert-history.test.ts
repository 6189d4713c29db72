import assert from 'node:assert/strict';
import { test } from 'node:test';
import { limits } from '../model/limits.js';
import type { Versions } from './convert.js';
import * as convert from './convert.js';
import { remotePackage } from './proto.js';
import { accepted } from './streams.js';

const { ListVersions, ListSessions } = remotePackage().Remote.service;
const META = { mode: 0o644, uid: 1, gid: 2, mtimeUs: -5, xattrs: '' };
const CONTENT = { hash: '4'.repeat(32), sizeBytes: 2 ** 40 };

function version(at: string, changes: Partial<convert.VersionSummary> = {}): convert.VersionSummary {
  const name = at.slice(at.lastIndexOf('/') + 1) as convert.VersionSummary['node']['name'];
  const node = { kind: 'file', id: 7, parent: 0, name, meta: META, content: CONTENT, group: null } as const;
  return { fromSession: 3, toSession: 9, current: false, path: at as convert.VersionSummary['path'], node, ...changes };
}

function throughWire(page: Versions): Versions {
  const bytes = ListVersions.responseSerialize(convert.versionsToWire(page));
  return convert.versionsFromWire(accepted(ListVersions.responseDeserialize(bytes)));
}

test('versions come through the wire as they were', () => {
  const folder = { kind: 'directory', id: 8, parent: 0, name: '\xff' as never, meta: META, complete: true } as const;
  const page: Versions = {
    versions: [
      version('a/\xff\n'),
      version('b', { current: true, toSession: 3 }),
      version('x/\xff', { node: { ...folder, digest: '0'.repeat(32), entryCount: 0, totalBytes: 0 } }),
    ],
    last: true,
    cut: true,
  };
  assert.deepEqual(throughWire(page), page);
});

test('versions that cannot be are refused', () => {
  const bad: Partial<convert.VersionSummary>[] = [
    { fromSession: 0 },
    { fromSession: 5, toSession: 4 },
    { path: 'a/other' as never },
    { path: '../a' as never },
    { path: '/a' as never },
    { path: '' as never },
  ];
  for (const changes of bad) {
    assert.throws(() => throughWire({ versions: [version('a', changes)], last: true, cut: false }), { kind: 'invalid' });
  }
  const many = Array(limits.versionsPerPageMax + 1).fill(version('a'));
  assert.throws(() => throughWire({ versions: many, last: true, cut: false }), { kind: 'invalid' });
});

test('a question names a path below the root, and no other', () => {
  const ask = (at: string) => {
    const bytes = ListVersions.requestSerialize(convert.versionsQuestionToWire('2'.repeat(32), at as never));
    return convert.versionsQuestionFromWire(accepted(ListVersions.requestDeserialize(bytes)));
  };
  assert.deepEqual(ask('a/b'), { session: '2'.repeat(32), path: 'a/b' });
  for (const at of ['', '/', '..', 'a/../../b', 'a//b', 'a/\0', './a']) assert.throws(() => ask(at), { kind: 'invalid' }, at);
});

const SESSION: convert.SessionSummary = {
  number: 2,
  startedUs: 1_700_000_000_000_000,
  finishedUs: 1_700_000_000_000_001,
  sourceName: 'nas',
  stateDigest: '3'.repeat(32),
  steps: 6,
  cutOff: true,
  tally: { added: 1, replaced: 2, moved: 3, described: 4, removed: 5, newBytes: 2 ** 40 },
  keptVersions: 7,
  keptBytes: 2 ** 41,
};

test('as many sessions as there may be fit into a reply, in order', () => {
  const send = (sessions: readonly convert.SessionSummary[]) => {
    const bytes = ListSessions.responseSerialize(convert.sessionsToWire(sessions));
    assert.ok(bytes.length < limits.messageSizeMaxBytes, `${bytes.length} bytes`);
    return convert.sessionsFromWire(accepted(ListSessions.responseDeserialize(bytes)));
  };
  const many = Array.from({ length: limits.sessionsPerReplyMax }, (_, index) => ({
    ...SESSION,
    sourceName: 'n'.repeat(64),
    number: 1e9 - index,
  }));
  assert.deepEqual(send(many), many);
  assert.throws(() => send([SESSION, SESSION]), { kind: 'invalid', message: /out of order/ });
});
