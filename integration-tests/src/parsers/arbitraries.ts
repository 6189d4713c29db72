import { PROTOCOL } from '@btsoot/shared/wire/protocol.js';
import fc from 'fast-check';

const PROTOCOL_MAJOR = BigInt(PROTOCOL.major);

/* What parsers are fed with: noise, and what is nearly right. */

/** Any bytes, and the seeds with a few bytes changed, cut off, doubled, or put in from somewhere else. */
export function nearly(...seeds: readonly Uint8Array[]): fc.Arbitrary<Buffer> {
  const noise: fc.Arbitrary<Buffer> = fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes));
  if (seeds.length === 0) return noise;
  const seed: fc.Arbitrary<Buffer> = fc.constantFrom(...seeds.map((bytes) => Buffer.from(bytes)));
  const mutated = fc.tuple(seed, fc.array(mutation(seed), { maxLength: 4 })).map(([start, changes]) => {
    return changes.reduce<Buffer>((bytes, change) => change(bytes), start);
  });
  return fc.oneof({ weight: 1, arbitrary: noise }, { weight: 5, arbitrary: mutated });
}

/** As `nearly`, as text. Some of it is no valid UTF-16. */
export function nearlyText(...seeds: readonly string[]): fc.Arbitrary<string> {
  const noise = fc.oneof(fc.string({ unit: 'binary', maxLength: 60 }), fc.string({ unit: 'grapheme', maxLength: 60 }));
  const pieces = fc.array(fc.oneof(noise, fc.constantFrom(...seeds, ...AWKWARD_TEXTS)), { maxLength: 4 });
  const mutated = nearly(...seeds.map((text) => Buffer.from(text, 'utf16le'))).map((bytes) => bytes.toString('utf16le'));
  const edited = nearly(...seeds.map((text) => Buffer.from(text))).map((bytes) => bytes.toString());
  return fc.oneof(
    noise,
    mutated,
    edited,
    pieces.map((parts) => parts.join('')),
  );
}

const AWKWARD_TEXTS = [
  '',
  '\0',
  '..',
  '/',
  '\\',
  '"',
  "'",
  '\n',
  '\r',
  '\x1b[2J',
  '\u202e',
  '__proto__',
  '[',
  ']',
  '{',
  '}',
  '=',
  '.',
  '#',
];

type Change = (bytes: Buffer) => Buffer;

function mutation(other: fc.Arbitrary<Buffer>): fc.Arbitrary<Change> {
  const at = fc.double({ min: 0, max: 1, noNaN: true });
  const place = (bytes: Buffer, share: number): number => Math.min(bytes.length, Math.floor(share * (bytes.length + 1)));
  const cutOut = (bytes: Buffer, from: number, to: number): Buffer => bytes.subarray(Math.min(from, to), Math.max(from, to));
  return fc.oneof(
    fc.tuple(at, fc.nat(255)).map(
      ([share, byte]): Change =>
        (bytes) => {
          const changed = Buffer.from(bytes);
          if (changed.length > 0) changed[Math.min(place(changed, share), changed.length - 1)] = byte;
          return changed;
        },
    ),
    at.map(
      (share): Change =>
        (bytes) =>
          bytes.subarray(0, place(bytes, share)),
    ),
    fc.tuple(at, at).map(
      ([from, to]): Change =>
        (bytes) => {
          const [start, end] = [place(bytes, Math.min(from, to)), place(bytes, Math.max(from, to))];
          return Buffer.concat([bytes.subarray(0, start), bytes.subarray(end)]);
        },
    ),
    fc.tuple(at, fc.uint8Array({ maxLength: 20 })).map(
      ([share, put]): Change =>
        (bytes) => {
          const start = place(bytes, share);
          return Buffer.concat([bytes.subarray(0, start), put, bytes.subarray(start)]);
        },
    ),
    fc.tuple(at, at, at, other).map(
      ([share, from, to, source]): Change =>
        (bytes) => {
          const start = place(bytes, share);
          const put = cutOut(source, place(source, from), place(source, to)).subarray(0, 2_000);
          return Buffer.concat([bytes.subarray(0, start), put, bytes.subarray(start)]);
        },
    ),
  );
}

/** A message's definition, as proto-loader gives it. */
export interface Descriptor {
  readonly name: string;
  readonly field: readonly {
    readonly name: string;
    readonly number: number;
    readonly label: string;
    readonly type: string;
    readonly typeName: string;
  }[];
  readonly oneofDecl: readonly unknown[];
  readonly nestedType: readonly Descriptor[];
}

/** Bytes of messages of that definition, most of them with most of their fields, and values at and over every bound. */
export function messages(
  of: Descriptor,
  find: (name: string, nested: readonly Descriptor[]) => Descriptor | undefined,
): fc.Arbitrary<Buffer> {
  const known = new Map<Descriptor, fc.Arbitrary<Buffer>>();
  const whole = (descriptor: Descriptor): fc.Arbitrary<Buffer> => {
    const before = known.get(descriptor);
    if (before !== undefined) return before;
    const parts = descriptor.field.map((field) => fieldOf(field, descriptor));
    const all = fc.tuple(...parts).map((some) => Buffer.concat(some));
    // Of a choice the last one counts: most of the time there is only one.
    const made =
      descriptor.oneofDecl.length === 0
        ? all
        : fc.oneof({ weight: 1, arbitrary: all }, ...parts.map((arbitrary) => ({ weight: 2, arbitrary })));
    known.set(descriptor, made);
    return made;
  };
  const fieldOf = (field: Descriptor['field'][number], parent: Descriptor): fc.Arbitrary<Buffer> => {
    const one = valueIn(field, parent).map(([wireType, bytes]) =>
      Buffer.concat([varint(BigInt(field.number * 8 + wireType)), bytes]),
    );
    const isRepeated = field.label === 'LABEL_REPEATED';
    if (isRepeated) return fc.array(one, { maxLength: 3 }).map((all) => Buffer.concat(all));
    return fc.option(one, { freq: 10, nil: Buffer.alloc(0) });
  };
  const valueIn = (field: Descriptor['field'][number], parent: Descriptor): fc.Arbitrary<[number, Buffer]> => {
    switch (field.type) {
      case 'TYPE_MESSAGE': {
        const inner = find(field.typeName, parent.nestedType);
        if (inner === undefined) throw new Error(`no message ${field.typeName}`);
        return whole(inner).map((bytes) => [2, withLength(bytes)]);
      }
      case 'TYPE_BYTES':
      case 'TYPE_STRING':
        return fc
          .oneof({ weight: 9, arbitrary: rightBytes(field.name) }, { weight: 1, arbitrary: BYTES })
          .map((bytes) => [2, withLength(bytes)]);
      default:
        return fc
          .oneof({ weight: 9, arbitrary: rightNumber(field) }, { weight: 1, arbitrary: NUMBERS })
          .map((number) => [0, varint(number)]);
    }
  };
  const right = whole(of);
  // Not `nearly`: each value is a seed of its own.
  const wrong = fc
    .tuple(right, fc.array(mutation(right), { minLength: 1, maxLength: 3 }))
    .map(([start, changes]) => changes.reduce<Buffer>((bytes, change) => change(bytes), start));
  return fc.oneof({ weight: 3, arbitrary: right }, { weight: 2, arbitrary: wrong }, { weight: 1, arbitrary: nearly() });
}

/** By what a field is called: most of the fields of a message must be right, or nothing gets behind the first check. */
function rightBytes(name: string): fc.Arbitrary<Buffer> {
  if (/id$/i.test(name)) return fc.constant(Buffer.from('7b0a4f5e-1111-4222-8333-444455556666'));
  if (/session|hash|digest|secret/i.test(name))
    return fc.uint8Array({ minLength: 16, maxLength: 16 }).map((bytes) => Buffer.from(bytes));
  if (/inline|packed|literals/i.test(name)) return fc.constantFrom(Buffer.alloc(0), Buffer.alloc(2, 1));
  return fc.constantFrom('a', 'b', 'photos', 'c/d', '\xff', '{}').map((text) => Buffer.from(text, 'latin1'));
}

function rightNumber({ name, type }: Descriptor['field'][number]): fc.Arbitrary<bigint> {
  if (name === 'protocolMajor') return fc.constant(PROTOCOL_MAJOR);
  if (type === 'TYPE_BOOL') return fc.constantFrom(0n, 1n);
  if (type === 'TYPE_ENUM') return fc.constantFrom(0n, 1n, 2n, 3n);
  if (/size/i.test(name)) return fc.constantFrom(0n, 2n, 5n);
  if (name === 'blockBytes') return fc.constantFrom(64n, 4096n);
  return fc.bigInt({ min: 1n, max: 400n });
}

const NUMBERS: fc.Arbitrary<bigint> = fc.oneof(
  fc.constantFrom(0n, 1n, 2n, 3n, 16n, 255n, 256n, 4096n, 0o644n, 0o7777n, 0o10000n, 1n << 31n, (1n << 32n) - 1n, 1n << 32n),
  fc.constantFrom((1n << 53n) - 1n, 1n << 53n, (1n << 63n) - 1n, 1n << 63n, (1n << 64n) - 1n),
  fc.bigInt({ min: 0n, max: 70_000n }),
);

const NAMES = [
  'a',
  'a/b',
  'photos',
  '',
  '.',
  '..',
  '../a',
  'a/..',
  'a/../b',
  '/a',
  'a/',
  'a//b',
  'a\0b',
  '\x1b[31m',
  '\xff\xfe',
  'nas',
  '\u202e',
];
const BYTES: fc.Arbitrary<Buffer> = fc.oneof(
  fc.constantFrom(...NAMES.map((name) => Buffer.from(name, 'latin1'))),
  fc.constantFrom(
    Buffer.alloc(16, 1),
    Buffer.alloc(15),
    Buffer.alloc(17),
    Buffer.alloc(256, 'n'),
    Buffer.from('n/'.repeat(2_001)),
  ),
  fc.constantFrom(Buffer.from('7b0a4f5e-1111-4222-8333-444455556666'), Buffer.from('{"kind":"phase","block":"b"}')),
  fc.uint8Array({ minLength: 16, maxLength: 16 }).map((bytes) => Buffer.from(bytes)),
  fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes)),
);

function withLength(bytes: Buffer): Buffer {
  return Buffer.concat([varint(BigInt(bytes.length)), bytes]);
}

function varint(value: bigint): Buffer {
  const bytes: number[] = [];
  for (let rest = value; ; rest >>= 7n) {
    bytes.push(Number(rest & 0x7fn) | (rest > 0x7fn ? 0x80 : 0));
    if (rest <= 0x7fn) return Buffer.from(bytes);
  }
}
