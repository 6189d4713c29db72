import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import fc from 'fast-check';
import type { TreeNode } from '../model/entry.js';
import { BtsootError } from '../model/errors.js';
import { limits } from '../model/limits.js';
import type { Step } from '../model/step.js';
import * as convert from './convert.js';
import { controlPackage, remotePackage } from './proto.js';
import { PROTOCOL } from './protocol.js';
import { accepted } from './streams.js';
import { content, group, hex, kind, meta, name, path, plain, special, step, target } from './testing/arbitraries.js';

const { Apply, ListChildren, OpenSession, QueryContents, ReadContents, ReadSignatures, ListSessions, CreateBlock, Hello } =
  remotePackage().Remote.service;

const id = fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER });
const node: fc.Arbitrary<TreeNode> = fc.oneof(
  fc.record({
    kind: kind('file'),
    id,
    parent: kind('').map(() => 7),
    name,
    meta,
    content: fc.option(content),
    group: fc.option(group),
  }),
  fc.record({
    kind: kind('directory'),
    id,
    parent: fc.constant(7),
    name,
    meta,
    digest: hex,
    complete: fc.boolean(),
    entryCount: fc.constant(0),
    totalBytes: fc.constant(0),
  }),
  fc.record({ kind: kind('symlink'), id, parent: fc.constant(7), name, meta, target }),
  fc.record({ kind: kind('special'), id, parent: fc.constant(7), name, meta, special }),
);

function roundTrip(order: convert.ApplyOrder): convert.ArrivedOrder {
  return convert.applyOrderFromWire(Apply.requestDeserialize(Apply.requestSerialize(convert.applyOrderToWire(order))));
}

test('every step comes through the wire as it was', () => {
  fc.assert(
    fc.property(step, (sent) => {
      // An empty file's bytes are always whole.
      const inline = sent.kind === 'put' && sent.content.sizeBytes === 0 ? Buffer.alloc(0) : null;
      const order = { kind: 'steps', steps: [{ step: sent, inline, delivery: null }], packed: null } as const;
      assert.deepEqual(roundTrip(order), order);
    }),
    { numRuns: 400 },
  );
});

test('a beginning brings the names of owners, or none', () => {
  const session = 'ab'.repeat(16);
  const owners = { users: new Map([[0xffff_ffff, 'DOMAIN\\kim']]), groups: new Map([[0, 'wheel']]) };
  for (const order of [{ kind: 'begin', session } as const, { kind: 'begin', session, owners } as const]) {
    assert.deepEqual(roundTrip(order), order);
  }
});

test('a put carries its bytes inline', () => {
  fc.assert(
    fc.property(path, meta, fc.uint8Array({ maxLength: 300 }), hex, (at, metadata, bytes, hash) => {
      const inline = Buffer.from(bytes);
      const put: Step = { kind: 'put', path: at, meta: metadata, content: { hash, sizeBytes: inline.length }, replaces: null };
      const order = { kind: 'steps', steps: [{ step: put, inline, delivery: null }], packed: null } as const;
      assert.deepEqual(roundTrip(order), order);
    }),
  );
});

test('every entry comes through the wire as it was', () => {
  fc.assert(
    fc.property(node.map(plain), (sent) => {
      const bytes = ListChildren.responseSerialize(convert.childrenToWire({ directoryId: 7, children: [sent], last: true }));
      assert.deepEqual(convert.childrenFromWire(ListChildren.responseDeserialize(bytes)), {
        directoryId: 7,
        children: [sent],
        last: true,
      });
    }),
    { numRuns: 400 },
  );
});

const SESSION = Buffer.alloc(16, 1);
const PATH = Buffer.from('a/b');
const META = { mode: 0o644, uid: 1, gid: 2, mtimeUs: 3 };
const CONTENT = { hash: Buffer.alloc(16, 1), sizeBytes: 5 };
const FILE = { kind: 'FILE', content: CONTENT } as const;
const put = { path: PATH, meta: META, content: CONTENT };
const hardLink = { ...put, existing: Buffer.from('a/c'), linkGroup: Buffer.alloc(8, 2) };

const HOSTILE: Record<string, Parameters<typeof Apply.requestSerialize>[0]> = {
  'nothing at all': {},
  'a step that is none': { steps: { steps: [{}] } },
  'a path that climbs': { steps: { steps: [{ put: { ...put, path: Buffer.from('a/../../etc') } }] } },
  'an absolute path': { steps: { steps: [{ put: { ...put, path: Buffer.from('/etc/passwd') } }] } },
  'a NUL in a path': { steps: { steps: [{ put: { ...put, path: Buffer.from('a\0b') } }] } },
  'the root as a file': { steps: { steps: [{ put: { ...put, path: Buffer.alloc(0) } }] } },
  'the root moved': { steps: { steps: [{ move: { from: { path: Buffer.alloc(0) }, to: { stashSlot: 1 }, expect: FILE } }] } },
  'the root removed': { steps: { steps: [{ remove: { at: { path: Buffer.alloc(0) }, expect: { kind: 'DIRECTORY' } } }] } },
  'a move into itself': {
    steps: { steps: [{ move: { from: { path: PATH }, to: { path: Buffer.from('a/b/c') }, expect: FILE } }] },
  },
  'stash slot 0': { steps: { steps: [{ remove: { at: { stashSlot: 0 }, expect: FILE } }] } },
  'no metadata': { steps: { steps: [{ put: { path: PATH, content: CONTENT } }] } },
  'file type bits in a mode': { steps: { steps: [{ put: { ...put, meta: { ...META, mode: 0o100644 } } }] } },
  'attributes that are cut off': { steps: { steps: [{ put: { ...put, meta: { ...META, xattrs: Buffer.from('\x06user') } } }] } },
  'a label of a security module': {
    steps: {
      steps: [
        { setMetadata: { path: PATH, meta: { ...META, xattrs: Buffer.from('\x10security.selinux\0\0\0\0') }, expect: FILE } },
      ],
    },
  },
  'a time beyond what a number holds': {
    steps: { steps: [{ put: { ...put, meta: { ...META, mtimeUs: '9223372036854775807' } } }] },
  },
  'a size beyond what a number holds': {
    steps: { steps: [{ put: { ...put, content: { ...CONTENT, sizeBytes: '18446744073709551615' } } }] },
  },
  'a short hash': { steps: { steps: [{ put: { ...put, content: { ...CONTENT, hash: Buffer.alloc(15) } } }] } },
  'inline bytes of another length': { steps: { steps: [{ put: { ...put, inline: Buffer.alloc(4) } }] } },
  'too many inline bytes': {
    steps: {
      steps: [{ put: { ...put, content: { ...CONTENT, sizeBytes: 40_000 }, inline: Buffer.alloc(40_000) } }],
    },
  },
  'bytes to follow for two puts': { steps: { steps: [{ put }, { put }] } },
  'a replaced directory': { steps: { steps: [{ put: { ...put, replaces: { kind: 'DIRECTORY' } } }] } },
  'a kind that is none': { steps: { steps: [{ remove: { at: { path: PATH }, expect: { kind: 9 as 3 } } }] } },
  'a symlink to nowhere': { steps: { steps: [{ link: { path: PATH, meta: META } }] } },
  'a symlink that is too long': { steps: { steps: [{ link: { path: PATH, meta: META, target: Buffer.alloc(4_096, 97) } }] } },
  'a hard link to itself': { steps: { steps: [{ hardLink: { ...hardLink, existing: PATH } }] } },
  'a hard link to what is outside': { steps: { steps: [{ hardLink: { ...hardLink, existing: Buffer.from('../c') } }] } },
  'a hard link to the root': { steps: { steps: [{ hardLink: { ...hardLink, existing: Buffer.alloc(0) } }] } },
  'a hard link without a group': { steps: { steps: [{ hardLink: { ...hardLink, linkGroup: Buffer.alloc(0) } }] } },
  'a hard link in place of a directory': { steps: { steps: [{ hardLink: { ...hardLink, replaces: { kind: 'DIRECTORY' } } }] } },
  'a short group of names': { steps: { steps: [{ put: { ...put, linkGroup: Buffer.alloc(7) } }] } },
  'a directory in a group of names': {
    steps: { steps: [{ setMetadata: { path: PATH, meta: META, expect: { kind: 'DIRECTORY' }, linkGroup: Buffer.alloc(8) } }] },
  },
  'more steps than a batch may have': {
    steps: { steps: Array(limits.stepsPerMessageMax + 1).fill({ remove: { at: { path: PATH }, expect: FILE } }) },
  },
  'an empty frame': { data: Buffer.alloc(0) },
  'a frame that is too large': { data: Buffer.alloc(limits.frameSizeMaxBytes + 1) },
  'a special file of no type': {
    steps: { steps: [{ makeSpecial: { path: PATH, meta: META, special: { major: 1, minor: 3 } } }] },
  },
  'a FIFO with numbers': { steps: { steps: [{ makeSpecial: { path: PATH, meta: META, special: { type: 'FIFO', minor: 3 } } }] } },
  'a special file that is not said': { steps: { steps: [{ makeSpecial: { path: PATH, meta: META } }] } },
  'the root as a device': {
    steps: { steps: [{ makeSpecial: { path: Buffer.alloc(0), meta: META, special: { type: 'BLOCK', major: 8 } } }] },
  },
  'a session of 15 bytes': { begin: { session: Buffer.alloc(15) } },
  'an owner whose name is a number': { begin: { session: SESSION, owners: { users: [{ id: 7, name: '0' }] } } },
  'an owner whose name is an option': { begin: { session: SESSION, owners: { groups: [{ id: 7, name: '--service=x' }] } } },
  'an owner without a name': { begin: { session: SESSION, owners: { users: [{ id: 7 }] } } },
  'an owner whose name ends a line': { begin: { session: SESSION, owners: { users: [{ id: 7, name: 'kim\n' }] } } },
  'an owner whose name is too long': { begin: { session: SESSION, owners: { users: [{ id: 7, name: 'k'.repeat(129) }] } } },
  'an owner who is named twice': {
    begin: {
      session: SESSION,
      owners: {
        users: [
          { id: 7, name: 'kim' },
          { id: 7, name: 'root' },
        ],
      },
    },
  },
};

for (const [what, request] of Object.entries(HOSTILE)) {
  test(`${what} is invalid`, () => {
    const wire = Apply.requestDeserialize(Apply.requestSerialize(request));
    assert.throws(() => convert.applyOrderFromWire(accepted(wire)), { name: 'BtsootError', kind: 'invalid' });
  });
}

test('a page of children out of order, or with a name twice, is invalid', () => {
  const child = { name: Buffer.from('a'), id: 2, kind: 'FILE', meta: META, content: CONTENT } as const;
  const wire = ListChildren.responseDeserialize(
    ListChildren.responseSerialize({ directoryId: 1, children: [child, { ...child, id: 3 }] }),
  );
  assert.throws(() => convert.childrenFromWire(wire), { kind: 'invalid' });
});

test('another major version is told from which side to upgrade', () => {
  const wire = OpenSession.requestDeserialize(
    OpenSession.requestSerialize({ protocolMajor: PROTOCOL.major + 1, protocolMinor: 3 }),
  );
  assert.throws(() => convert.openSessionFromWire(wire), { kind: 'version', hint: "Upgrade BTSOOT on the remote's machine." });
});

/** From raw bytes on. */
function reader<M>(decode: (bytes: Buffer) => M, convert: (message: M) => unknown): (bytes: Buffer) => void {
  return (bytes) => {
    try {
      convert(accepted(decode(bytes)));
    } catch (error) {
      assert.ok(error instanceof BtsootError && (error.kind === 'invalid' || error.kind === 'version'), `${error}`);
    }
  };
}

const { Pair } = remotePackage().Pairing.service;

/** Everything that reads what the other side sent. */
const READERS = [
  reader(Apply.requestDeserialize, convert.applyOrderFromWire),
  reader(Apply.responseDeserialize, convert.applyNewsFromWire),
  reader(ListChildren.requestDeserialize, convert.childrenQuestionFromWire),
  reader(ListChildren.responseDeserialize, convert.childrenFromWire),
  reader(OpenSession.requestDeserialize, convert.openSessionFromWire),
  reader(OpenSession.responseDeserialize, convert.sessionNewsFromWire),
  reader(QueryContents.requestDeserialize, convert.contentsQueryFromWire),
  reader(QueryContents.responseDeserialize, (reply) => convert.heldFromWire(reply, 1)),
  reader(ReadContents.requestDeserialize, convert.readWishFromWire),
  reader(ReadContents.responseDeserialize, convert.readNewsFromWire),
  reader(ReadSignatures.requestDeserialize, convert.signatureWishFromWire),
  reader(ReadSignatures.responseDeserialize, convert.signatureNewsFromWire),
  reader(ListSessions.responseDeserialize, convert.sessionsFromWire),
  reader(CreateBlock.requestDeserialize, convert.createBlockFromWire),
  reader(CreateBlock.responseDeserialize, convert.createdBlockFromWire),
  reader(Hello.responseDeserialize, convert.greetingFromWire),
  reader(Pair.requestDeserialize, convert.pairingWishFromWire),
  reader(Pair.responseDeserialize, convert.pairedFromWire),
];

test('an early remote, which does not tell how much of the past it keeps, is understood', () => {
  const finished = { stateDigest: Buffer.alloc(16, 1), sessionNumber: 3 };
  const news = convert.applyNewsFromWire(Apply.responseDeserialize(Apply.responseSerialize({ finished })));
  assert.ok(news.kind === 'finished');
  assert.deepEqual([news.sessionNumber, news.history], [3, null]);
});

test('random bytes are refused, never a crash', () => {
  fc.assert(
    fc.property(fc.constantFrom(...READERS), fc.uint8Array({ maxLength: 200 }), (read, bytes) => {
      read(Buffer.from(bytes));
    }),
    { numRuns: 3_000 },
  );
});

const DELIVERED = {
  put: { ...put, delivery: { bases: [{ content: CONTENT }], chunksDigest: Buffer.alloc(16), layout: Buffer.alloc(9, 1) } },
};
const PACKED = { put: { ...put, packed: true } };
const REGION = { from: 1, length: 4, blockBytes: 64 };

const SAMPLES = [
  () => Apply.requestSerialize({ steps: { steps: [PACKED, DELIVERED], packed: Buffer.alloc(3, 1), packedSize: 5 } }),
  () => Apply.requestSerialize({ patch: { ops: Buffer.alloc(9, 1), literals: Buffer.alloc(9, 1), literalsSize: 20 } }),
  () => ReadSignatures.requestSerialize({ regions: { basis: { content: CONTENT }, regions: [REGION] } }),
  () => ReadSignatures.responseSerialize({ data: Buffer.alloc(9, 1), last: true }),
];

test('messages with bytes changed are read or refused, never a crash', () => {
  const change = fc.record({ at: fc.nat(), value: fc.integer({ min: 0, max: 255 }) });
  fc.assert(
    fc.property(
      fc.array(step, { maxLength: 4 }),
      fc.array(node, { maxLength: 3 }),
      fc.array(change, { maxLength: 4 }),
      (steps, nodes, changes) => {
        const order = {
          kind: 'steps',
          steps: steps.map((one) => ({ step: one, inline: null, delivery: null })),
          packed: null,
        } as const;
        const messages = [
          Apply.requestSerialize(convert.applyOrderToWire(order)),
          ...SAMPLES.map((sample) => sample()),
          ListChildren.responseSerialize(convert.childrenToWire({ directoryId: 7, children: nodes, last: true })),
        ];
        for (const bytes of messages) {
          for (const { at, value } of changes) if (bytes.length > 0) bytes[at % bytes.length] = value;
          for (const read of READERS) read(bytes);
        }
      },
    ),
    { numRuns: 800 },
  );
});

test('the control package loads', () => {
  assert.equal(typeof controlPackage().Control, 'function');
});
