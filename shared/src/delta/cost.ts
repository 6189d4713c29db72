import { limits } from '../model/limits.js';
import type { Gap } from './gap.js';

/** Bytes of a basis whose signature is asked for. */
export interface Region {
  readonly from: number;
  readonly lengthBytes: number;
  /** A power of two. Blocks begin at multiples of it, counted from the basis' first byte. */
  readonly blockBytes: number;
}

/** A region, and which basis it is of. */
export interface Question {
  readonly basis: number;
  readonly region: Region;
}

const ENTRY_MIN_BYTES = 5;
const ENTRY_MAX_BYTES = 8;
/** For choosing a block size: most entries are of that many bytes. */
const ENTRY_USUAL_BYTES = 6;
/** How rarely, as a power of two, a region may have one false match. Then the file is sent again, whole. */
const FALSE_MATCH_BITS = 20;
/** How much more than a region's bytes is searched for its blocks: the gap's bytes may be that many times as many. */
const SEARCHED_RATIO_BITS = 2;
const SEARCHED_MIN_BITS = 18;
/** A region in its request, and what frames the answer. */
const QUESTION_BYTES = 32;
/** What literals shrink to, roughly. Signatures do not shrink. */
const LITERAL_SHARE = 0.5;

/**
 * The block size for a stretch of `oldBytes` that became `newBytes`. One edit costs about one block of literals, and the
 * signature an entry per block: the sum is least at sqrt(oldBytes * entry). The power of two above that is taken, since
 * literals shrink when they are sent and entries do not, and pages and records often are aligned to large powers of two.
 */
export function blockBytesFor(oldBytes: number, newBytes: number): number {
  const best = 2 ** Math.ceil(Math.log2(Math.sqrt(Math.max(oldBytes, 1) * ENTRY_USUAL_BYTES)));
  const most = Math.min(limits.signatureBlockMaxBytes, 2 ** Math.floor(Math.log2(Math.max(newBytes, 4) / 4)));
  return Math.max(limits.signatureBlockMinBytes, Math.min(best, most));
}

/** Whether a remote gives the signature of `oldBytes`, and it probably costs less than it saves of `newBytes` to be sent. */
export function worthAsking(oldBytes: number, newBytes: number): boolean {
  if (oldBytes === 0) return false;
  const blockBytes = blockBytesFor(oldBytes, newBytes);
  const signatureBytes = signatureSizeBytes({ from: 0, lengthBytes: oldBytes, blockBytes });
  // A region that begins between two blocks has one more.
  if (signatureBytes + ENTRY_MAX_BYTES > limits.signatureSizeMaxBytes) return false;
  return QUESTION_BYTES + signatureBytes + blockBytes * LITERAL_SHARE < newBytes * LITERAL_SHARE;
}

/** What to ask about a gap: nothing where that is not worth it. All regions have one block size, as a `Matcher` needs it. */
export function questionsFor(gap: Gap): Question[] {
  const oldBytes = gap.old.reduce((sum, { lengthBytes }) => sum + lengthBytes, 0);
  if (!worthAsking(oldBytes, gap.lengthBytes)) return [];
  const blockBytes = blockBytesFor(oldBytes, gap.lengthBytes);
  return gap.old.map(({ basis, from, lengthBytes }) => ({ basis, region: { from, lengthBytes, blockBytes } }));
}

/** How many blocks a region has. Those at its ends are short where it does not begin or end at a multiple of the block size. */
export function blockCount({ from, lengthBytes, blockBytes }: Region): number {
  return Math.ceil((from + lengthBytes) / blockBytes) - Math.floor(from / blockBytes);
}

/** Bytes of one block's sums: as many as a search of the gap for all blocks needs to be right, see FALSE_MATCH_BITS. */
export function entryBytes(region: Region): number {
  const searchedBits = Math.max(SEARCHED_MIN_BITS, bitsOf(region.lengthBytes) + SEARCHED_RATIO_BITS);
  const bits = FALSE_MATCH_BITS + searchedBits + bitsOf(blockCount(region));
  return Math.min(Math.max(Math.ceil(bits / 8), ENTRY_MIN_BYTES), ENTRY_MAX_BYTES);
}

/** The length of a region's packed signature. */
export function signatureSizeBytes(region: Region): number {
  return blockCount(region) * entryBytes(region);
}

/** The base-2 logarithm, rounded up: exact, since both sides must come to the same. */
function bitsOf(count: number): number {
  let bits = 0;
  for (let power = 1; power < count; power *= 2) bits += 1;
  return bits;
}
