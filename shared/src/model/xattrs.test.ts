import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Name } from './bytes.js';
import { entryRecord } from './digest.js';
import type { Entry } from './entry.js';
import { BtsootError } from './errors.js';
import { limits } from './limits.js';
import { packXattrs, parseXattrs, unpackXattrs, type Xattr } from './xattrs.js';

const bytes = (text: string): Buffer => Buffer.from(text, 'latin1');
const name = fc.constantFrom('user.a', 'user.b', 'user.\xc3\xa9', 'trusted.t', 'security.capability', 'system.posix_acl_access');
const value = fc.uint8Array({ maxLength: 300 }).map((array) => Buffer.from(array));
const anyXattrs = fc.uniqueArray(
  fc.tuple(name, value).map(([called, held]) => ({ name: called, value: held })),
  { selector: (xattr) => xattr.name },
);

test('a set of attributes is packed in one way, whatever its order, and read back', () => {
  fc.assert(
    fc.property(anyXattrs, (xattrs) => {
      const packed = packXattrs(xattrs);
      assert.equal(packXattrs(xattrs.toReversed()), packed);
      assert.equal(parseXattrs(bytes(packed)), packed);
      const sorted = xattrs.toSorted((a, b) => (a.name < b.name ? -1 : 1));
      assert.deepEqual(unpackXattrs(packed), sorted);
      assert.equal(packed === '', xattrs.length === 0);
    }),
  );
});

test('bytes that are no packed set are refused, and nothing else happens', () => {
  const mangled = fc.tuple(anyXattrs, fc.nat(), fc.nat(255)).map(([xattrs, at, byte]) => {
    const packed = bytes(packXattrs(xattrs));
    if (packed.length > 0) packed.writeUInt8(byte, at % packed.length);
    return packed;
  });
  fc.assert(
    fc.property(fc.oneof(mangled, value), (wire) => {
      try {
        const parsed = parseXattrs(wire);
        assert.equal(packXattrs(unpackXattrs(parsed)), parsed);
      } catch (error) {
        assert.ok(error instanceof BtsootError && error.kind === 'invalid', String(error));
      }
    }),
    { numRuns: 2_000 },
  );
});

const one = (called: string, held = 'x'): Xattr => ({ name: called, value: Buffer.from(held) });
const joined = (...xattrs: readonly Xattr[]): Buffer => bytes(xattrs.map((xattr) => packXattrs([xattr])).join(''));

const HOSTILE: Record<string, Buffer> = {
  'names out of order': joined(one('user.b'), one('user.a')),
  'a name twice': joined(one('user.a'), one('user.a')),
  'a label of a security module': joined(one('security.selinux')),
  'a name without a namespace': joined(one('comment')),
  'an ACL of another kind': joined(one('system.nfs4_acl')),
  'a name that is no UTF-8': joined(one('user.\xff')),
  'a name with a NUL byte': joined(one('user.a\0b')),
  'an empty name': joined(one('')),
  'a value that is cut off': joined(one('user.a', 'value')).subarray(0, -1),
  'a length that is cut off': joined(one('user.a', '')).subarray(0, -1),
  'more than the limit': joined(one('user.a', 'x'.repeat(limits.xattrsMaxBytes))),
};

for (const [what, wire] of Object.entries(HOSTILE)) {
  test(`${what} is invalid`, () => {
    assert.throws(() => parseXattrs(wire), { name: 'BtsootError', kind: 'invalid' });
  });
}

test('an entry without attributes has the record that it always had; with some, each bit of them counts', () => {
  const meta = { mode: 0o755, uid: 1, gid: 2, mtimeUs: 3, xattrs: '' };
  const bare: Entry = { kind: 'symlink', name: 'link' as Name, meta, target: 'to' };
  assert.equal(entryRecord(bare).toString('hex'), '04006c696e6b03ed01010000000200000003000000000000000200746f');
  const marked = (held: string): string =>
    entryRecord({ ...bare, meta: { ...meta, xattrs: packXattrs([one('user.a', held)]) } }).toString('hex');
  assert.equal(marked('v'), '04006c696e6b23ed01010000000200000003000000000000000200746f0c00000006757365722e610100000076');
  assert.notEqual(marked('v'), marked('w'));
});
