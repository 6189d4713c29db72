import fc from 'fast-check';
import type { LinkTarget, Name, TreePath } from '../../model/bytes.js';
import type { Content } from '../../model/entry.js';
import type { Special } from '../../model/special.js';
import type { Expectation, Place, Step } from '../../model/step.js';
import { ACCESS_ACL, DEFAULT_ACL, packXattrs } from '../../model/xattrs.js';

/** What crosses the wire, for properties. */

/** Some of fast-check's records have no prototype, which is a difference to `deepEqual`. */
export function plain<T>(value: T): T {
  return structuredClone(value);
}

const byteText = (minLength: number, maxLength: number, forbidden: RegExp) =>
  fc.uint8Array({ minLength, maxLength }).map((bytes) => Buffer.from(bytes).toString('latin1').replace(forbidden, 'x'));
export const name = byteText(1, 20, /[/\0]/g).map((text) => (text === '.' || text === '..' ? 'dot' : text) as Name);
export const path = fc.array(name, { minLength: 1, maxLength: 5 }).map((names) => names.join('/') as TreePath);
export const target = byteText(1, 40, /\0/g) as fc.Arbitrary<LinkTarget>;
export const hex = fc.uint8Array({ minLength: 16, maxLength: 16 }).map((bytes) => Buffer.from(bytes).toString('hex'));
const size = fc.oneof(fc.nat(60_000), fc.maxSafeNat());
export const content: fc.Arbitrary<Content> = fc.record({ hash: hex, sizeBytes: size }).map(plain);
export const group = fc.uint8Array({ minLength: 8, maxLength: 8 }).map((bytes) => Buffer.from(bytes).toString('hex'));
const u32 = fc.integer({ min: 0, max: 0xffff_ffff });
const attribute = fc.record({
  name: fc.constantFrom('user.a', 'user.\xc3\xa9', ACCESS_ACL, DEFAULT_ACL, 'trusted.t', 'security.capability'),
  value: fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes)),
});
const xattrs = fc.uniqueArray(attribute, { selector: ({ name }) => name, maxLength: 4 }).map(packXattrs);
export const meta = fc
  .record({ mode: fc.integer({ min: 0, max: 0o7777 }), uid: u32, gid: u32, mtimeUs: fc.maxSafeInteger(), xattrs })
  .map(plain);
const expectation: fc.Arbitrary<Expectation> = fc.oneof(
  fc.record({ kind: fc.constant('file' as const), content: fc.option(content) }),
  fc.record({ kind: fc.constantFrom('directory' as const, 'symlink' as const), content: fc.constant(null) }),
);
export const special: fc.Arbitrary<Special> = fc.oneof(
  fc.constant({ type: 'fifo' as const, major: 0, minor: 0 }),
  fc.record({ type: fc.constantFrom('character' as const, 'block' as const), major: u32, minor: u32 }).map(plain),
);
const replaces = fc.option(expectation.filter(({ kind }) => kind !== 'directory'));
const inTree: fc.Arbitrary<Place> = path.map((at) => ({ area: 'tree', path: at }));
const inStash: fc.Arbitrary<Place> = fc.integer({ min: 1, max: 0xffff_ffff }).map((slot) => ({ area: 'stash', slot }));
export const kind = <K extends string>(value: K) => fc.constant(value);
export const step: fc.Arbitrary<Step> = fc
  .oneof(
    fc.record({ kind: kind('make-directory'), path, meta }),
    fc.record({ kind: kind('move'), from: inTree, to: inStash, expect: expectation }),
    fc.record({ kind: kind('move'), from: inStash, to: inTree, expect: expectation }),
    fc.record({ kind: fc.constantFrom('put' as const, 'copy' as const), path, meta, content, replaces }),
    fc.record({ kind: fc.constantFrom('put' as const, 'copy' as const), path, meta, content, group, replaces }),
    fc
      .record({ kind: kind('hard-link'), path, existing: path, meta, content, group, replaces })
      .filter((link) => link.path !== link.existing),
    fc.record({ kind: kind('link'), path, meta, target, replaces }),
    fc.record({ kind: kind('make-special'), path, meta, special, replaces }),
    fc.record({ kind: kind('set-metadata'), path: fc.oneof(path, fc.constant('' as TreePath)), meta, expect: expectation }),
    fc.record({ kind: kind('set-metadata'), path, meta, group, expect: expectation.filter((one) => one.kind === 'file') }),
    fc.record({ kind: kind('remove'), at: fc.oneof(inTree, inStash), expect: expectation }),
  )
  .map(plain);
