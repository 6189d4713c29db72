import type { Basis } from '../model/delivery.js';
import { limits } from '../model/limits.js';
import { basisFromWire, basisToWire } from './convert-delivery.js';
import { atMost, frame, hex16, integer, invalid, plainText, required } from './fields.js';
import type {
  SignatureReply,
  SignatureReply__Output,
  SignatureRequest,
  SignatureRequest__Output,
  WireSignatureRegions__Output,
} from './messages.js';

/** A part of a basis whose fine signature is wanted. */
export interface SignatureRegion {
  readonly from: number;
  readonly lengthBytes: number;
  /** A power of two. Blocks begin at multiples of it, in the basis. */
  readonly blockBytes: number;
}

/** `regions`: the signatures of parts of a basis, ascending and not overlapping. `chunks`: its packed chunk list. */
export type SignatureQuestion =
  | { readonly kind: 'regions'; readonly basis: Basis; readonly regions: readonly SignatureRegion[] }
  | { readonly kind: 'chunks'; readonly basis: Basis };

/** The session goes into the first request and may be null in those that follow. */
export type SignatureWish = SignatureQuestion & { readonly session: string | null };

export function signatureWishToWire(wish: SignatureWish): SignatureRequest {
  const session = wish.session === null ? {} : { session: Buffer.from(wish.session, 'hex') };
  const basis = basisToWire(wish.basis);
  if (wish.kind === 'chunks') return { ...session, chunks: basis };
  const regions = wish.regions.map(({ from, lengthBytes, blockBytes }) => ({ from, length: lengthBytes, blockBytes }));
  return { ...session, regions: { basis, regions } };
}

export function signatureWishFromWire(wire: SignatureRequest__Output): SignatureWish {
  const session = wire.session.length === 0 ? null : hex16(wire.session, 'a session');
  switch (wire.question) {
    case 'regions':
      return { session, kind: 'regions', ...regionsFromWire(required(wire.regions, 'what to sign')) };
    case 'chunks':
      return { session, kind: 'chunks', basis: basisFromWire(wire.chunks) };
    default:
      throw invalid('a request for signatures asks nothing');
  }
}

function regionsFromWire(wire: WireSignatureRegions__Output): { basis: Basis; regions: SignatureRegion[] } {
  const basis = basisFromWire(wire.basis);
  if (wire.regions.length === 0) throw invalid('signatures of no region are asked for');
  let end = 0;
  const regions = atMost(wire.regions, limits.signatureRegionsPerRequestMax, 'regions in a request').map((region) => {
    const from = integer(region.from, "a region's start", end, basis.content.sizeBytes);
    const lengthBytes = integer(region.length, "a region's length", 1, basis.content.sizeBytes - from);
    end = from + lengthBytes;
    return { from, lengthBytes, blockBytes: blockSize(region.blockBytes) };
  });
  return { basis, regions };
}

function blockSize(bytes: number): number {
  integer(bytes, "a signature's block size", limits.signatureBlockMinBytes, limits.signatureBlockMaxBytes);
  if (!Number.isInteger(Math.log2(bytes))) throw invalid(`a signature's block size is ${bytes}, not a power of two`);
  return bytes;
}

/** An answer in parts, the last of which says so; or, in place of it or of its rest, why it cannot be had. */
export type SignatureNews =
  | { readonly kind: 'data'; readonly bytes: Buffer; readonly last: boolean }
  | { readonly kind: 'missing'; readonly message: string };

export function signatureNewsToWire(news: SignatureNews): SignatureReply {
  if (news.kind === 'data') return { data: news.bytes, last: news.last };
  return { missing: { message: plainText(news.message, limits.failureTextLengthMax) }, last: true };
}

export function signatureNewsFromWire(wire: SignatureReply__Output): SignatureNews {
  switch (wire.reply) {
    case 'data':
      return { kind: 'data', bytes: frame(wire.data, 'a part of a signature'), last: wire.last };
    case 'missing': {
      const { message } = required(wire.missing, 'a reason');
      return { kind: 'missing', message: plainText(message, limits.failureTextLengthMax) };
    }
    default:
      throw invalid('a reply to a request for signatures says nothing');
  }
}
