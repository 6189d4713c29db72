import fc from 'fast-check';

/** Reproducible noise: xorshift32. */
export function noise(lengthBytes: number, seed: number): Buffer {
  const bytes = Buffer.allocUnsafe(lengthBytes);
  let state = (seed * 2654435761 + 1) | 0 || 1;
  for (let at = 0; at < lengthBytes; at += 1) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    bytes[at] = state >>> 24;
  }
  return bytes;
}

/** Noise, runs, periods and few symbols: what real files are made of, and what rolling sums have trouble with. */
const stuff = (maxBytes: number): fc.Arbitrary<Buffer> =>
  fc.oneof(
    fc.tuple(fc.nat(maxBytes), fc.nat(1000)).map(([length, seed]) => noise(length, seed)),
    fc.tuple(fc.nat(maxBytes), fc.nat(255)).map(([length, byte]) => Buffer.alloc(length, byte)),
    fc.nat(maxBytes).map((length) => Buffer.alloc(length)),
    fc
      .tuple(fc.nat(maxBytes), fc.integer({ min: 1, max: 300 }), fc.nat(1000))
      .map(([length, period, seed]) => Buffer.alloc(length, noise(period, seed))),
    fc.tuple(fc.nat(maxBytes), fc.nat(1000)).map(([length, seed]) => noise(length, seed).map((byte) => byte & 1) as Buffer),
  );

/** Puts bytes in, takes bytes out, writes over them, moves and repeats them; positions and lengths are shares of the whole. */
type Edit = (bytes: Buffer) => Buffer;

const share = fc.double({ min: 0, max: 1, noNaN: true });
const smallShare = fc.oneof(share, fc.double({ min: 0, max: 0.01, noNaN: true }));

const edit = (maxBytes: number): fc.Arbitrary<Edit> =>
  fc
    .tuple(fc.constantFrom('insert', 'delete', 'write', 'move', 'repeat'), share, smallShare, share, stuff(maxBytes >>> 3))
    .map(([kind, where, much, whereTo, fresh]) => (bytes) => {
      const at = Math.floor(where * bytes.length);
      const end = Math.min(at + Math.floor(much * bytes.length), bytes.length);
      const to = Math.floor(whereTo * bytes.length);
      const [before, middle, after] = [bytes.subarray(0, at), bytes.subarray(at, end), bytes.subarray(end)];
      if (kind === 'insert') return Buffer.concat([before, fresh, middle, after]);
      if (kind === 'delete') return Buffer.concat([before, after]);
      if (kind === 'write') return Buffer.concat([before, fresh, bytes.subarray(Math.min(at + fresh.length, bytes.length))]);
      const rest = kind === 'move' ? Buffer.concat([before, after]) : bytes;
      return Buffer.concat([rest.subarray(0, to), middle, rest.subarray(to)]).subarray(0, 2 * maxBytes);
    });

/** A content and what has become of it; one in ten has nothing to do with the other. */
export const versions = (maxBytes: number): fc.Arbitrary<{ old: Buffer; target: Buffer }> =>
  fc
    .tuple(
      fc.array(stuff(maxBytes >>> 1), { maxLength: 4 }).map((parts) => Buffer.concat(parts).subarray(0, maxBytes)),
      fc.array(edit(maxBytes), { maxLength: 5 }),
      fc.option(stuff(maxBytes), { freq: 10 }),
    )
    .map(([old, edits, unrelated]) => ({
      old,
      target: unrelated ?? edits.reduce<Buffer>((bytes, change) => change(bytes), old),
    }));

/** Some bytes of a buffer changed, or its end cut off, or bytes put behind it. */
export const corruption: fc.Arbitrary<(bytes: Buffer) => Buffer> = fc.oneof<fc.Arbitrary<(bytes: Buffer) => Buffer>[]>(
  share.map((where) => (bytes: Buffer) => bytes.subarray(0, Math.floor(where * bytes.length))),
  fc.uint8Array({ minLength: 1, maxLength: 20 }).map((more) => (bytes: Buffer) => Buffer.concat([bytes, more])),
  fc.array(fc.tuple(share, fc.nat(255)), { minLength: 1, maxLength: 8 }).map((changes) => (bytes: Buffer) => {
    const changed = Buffer.from(bytes);
    for (const [where, byte] of changes) if (bytes.length > 0) changed[Math.floor(where * (bytes.length - 1))] = byte;
    return changed;
  }),
);
