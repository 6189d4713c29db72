import type { Content } from './entry.js';

/**
 * Bytes that the receiving side holds already and that a delivery may copy from: a content of the block, in its tree or
 * in its history; or what an earlier, cut-off delivery of `content` has left, which is the first part of it.
 */
export interface Basis {
  readonly content: Content;
  readonly partial: boolean;
}

/** How a file's bytes come when they do not come inside its step. */
export interface Delivery {
  /** What copies name by index; at most `limits.basesPerFileMax`. */
  readonly bases: readonly Basis[];
  /**
   * Every copy is from `bases[0]`, the content that the step replaces, at the position it goes to; and what is not copied
   * is at most `limits.inPlaceChangeMaxBytes` in at most `limits.inPlaceRangesMax` ranges. Such a file may be patched in place.
   */
  readonly positional: boolean;
  /** Names the content's chunk list (delta/chunk-list.ts), 32 hexadecimal digits; null where it has none. */
  readonly chunksDigest: string | null;
  /** The first part of the list's lengths (delta/layout.ts). Where it is not all, the rest follows before the first bytes. */
  readonly layout: Buffer;
}

/** All bytes in order, with nothing known about them. */
export const PLAIN_DELIVERY: Delivery = { bases: [], positional: false, chunksDigest: null, layout: Buffer.alloc(0) };

/** What a cut-off delivery has left on the receiving side. */
export interface Partial {
  /** What was being delivered. */
  readonly content: Content;
  /** How many of its first bytes are there, durable and verified against its chunk list. */
  readonly durableBytes: number;
}
