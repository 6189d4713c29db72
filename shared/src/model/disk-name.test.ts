import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { byteString, fromText, type Name } from './bytes.js';
import { diskName, foldedName, type NameRules, otherDiskNames, trueName } from './disk-name.js';

const FAT: NameRules = {
  refused: new Set([...Array(32).keys(), ...Buffer.from('"*:<>?\\|')]),
  unicode: true,
  trimsEnd: true,
  devices: true,
  folds: true,
};
const UNICODE_ONLY: NameRules = { refused: new Set(), unicode: true, trimsEnd: false, devices: false, folds: false };

const text = (value: string): Name => fromText(value) as Name;

const pieces = fc.constantFrom(
  'a',
  'A',
  'b',
  'B',
  '%',
  '4',
  '1',
  'F',
  'f',
  ':',
  '?',
  '.',
  ' ',
  'con',
  'NUL',
  'é',
  'e\u0301',
  'É',
  '\xff',
  '\x01',
  '.txt',
);
const raw = fc
  .uint8Array({ minLength: 1, maxLength: 12 })
  .map((bytes) => byteString(bytes.map((byte) => (byte === 0 || byte === 0x2f ? 1 : byte))));
const built = fc
  .array(pieces, { minLength: 1, maxLength: 6 })
  .map((parts) => parts.map((part) => (part === '\xff' ? part : fromText(part))).join(''));
const names = fc.oneof(built, raw).filter((name) => name !== '.' && name !== '..') as fc.Arbitrary<Name>;
const rules = fc.oneof(
  fc.constantFrom(FAT, UNICODE_ONLY),
  fc
    .record({ unicode: fc.boolean(), trimsEnd: fc.boolean(), devices: fc.boolean(), folds: fc.boolean() })
    .map((flags) => ({ ...FAT, ...flags })),
);

const formsOf = (name: Name, by: NameRules): Name[] => [diskName(name, by), ...otherDiskNames(name, by)];

test('every disk name says what it stands for', () => {
  fc.assert(
    fc.property(names, rules, (name, by) => {
      for (const disk of formsOf(name, by)) assert.equal(trueName(disk, by), name);
    }),
    { numRuns: 3_000 },
  );
});

test('no disk name holds what the rules refuse', () => {
  fc.assert(
    fc.property(names, (name) => {
      for (const disk of formsOf(name, FAT)) {
        for (const byte of Buffer.from(disk, 'latin1')) assert.ok(!FAT.refused.has(byte));
        new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(disk, 'latin1'));
        assert.doesNotMatch(disk, /[. ]$/);
        assert.doesNotMatch(disk, /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i);
        assert.ok(disk !== '' && !disk.includes('/'));
      }
    }),
    { numRuns: 3_000 },
  );
});

test('of names that fold to one, each finds a form that none of the others has taken', () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(
        fc
          .array(fc.constantFrom('a', 'A', 'é', 'É', 'e\u0301', '%', '41', ':'), { minLength: 1, maxLength: 4 })
          .map((parts) => text(parts.join(''))),
        { minLength: 1, maxLength: 8 },
      ),
      (siblings) => {
        const taken = new Set<string>();
        for (const name of siblings) {
          const free = formsOf(name, FAT).find((disk) => !taken.has(foldedName(disk)));
          assert.ok(free !== undefined, `${name} finds no form beside ${[...taken].join(', ')}`);
          taken.add(foldedName(free));
        }
      },
    ),
    { numRuns: 3_000 },
  );
});

test('a person can read them', () => {
  assert.equal(diskName(text('12:30?.txt'), FAT), '12%3A30%3F.txt');
  assert.equal(diskName(text('100% sure'), FAT), '100% sure');
  assert.equal(diskName(text('100%41'), FAT), '100%2541');
  assert.equal(diskName(text('con.txt'), FAT), '%63on.txt');
  assert.equal(diskName(text('end.'), FAT), 'end%2E');
  assert.deepEqual(otherDiskNames(text('Photo'), FAT), ['%50hoto', 'P%68oto']);
  assert.deepEqual(otherDiskNames(text('photo'), FAT), ['%70hoto']);
  assert.deepEqual(otherDiskNames(text('Photo'), UNICODE_ONLY), []);
});

test('what a stranger has made is what it looks like', () => {
  for (const disk of ['50%', '%zz', '%2F', '%2E%2E', 'a%00b', '%25'] as Name[]) assert.equal(trueName(disk, FAT), disk);
});
