import { BtsootError } from '@btsoot/shared/model/errors.js';
import { limits } from '@btsoot/shared/model/limits.js';
import { compress, sampledBytes } from './brotli.js';
import { type Experience, learn, NO_EXPERIENCE, PACKED_AT_ONCE, type Quality, qualityFor } from './level.js';
import { GUESSED_LINK, type LinkRate, nextLinkRate } from './link-rate.js';
import { SAMPLE_BYTES, Sampling, sampleOf } from './sampling.js';
import { Budget } from './turns.js';

export interface PackedLiterals {
  readonly bytes: Buffer;
  /** What `bytes` unpacks to, 0 where it did not shrink and is as it was. */
  readonly sizeBytes: number;
}

/** What is left of a block must be below this share of it. */
const SHRUNK_SHARE = 0.9;
/** Smaller blocks say more about starting a thread than about compressing. */
const TELLING_BYTES = 64 * 1024;
const WINDOW_MS = 250;

/**
 * Compresses what one transfer sends where that makes it quicker, as hard as link and CPU allow. Blocks may be given ahead
 * of sending: two are worked on at a time, in the order of calls, and the caller bounds how many more wait.
 */
export class LiteralPacker {
  readonly #nowMs: () => number;
  readonly #budget = new Budget(PACKED_AT_ONCE);
  readonly #sampling = new Sampling();
  #experience: Experience = NO_EXPERIENCE;
  #link: LinkRate = GUESSED_LINK;
  #totalBytes = 0;
  #samples = 0;
  #windowStartMs: number;
  #waitedMs = 0;
  #sentBytes = 0;
  #packingMs = 0;

  /** @param nowMs milliseconds that never go back */
  constructor(nowMs: () => number = () => performance.now()) {
    this.#nowMs = nowMs;
    this.#windowStartMs = nowMs();
  }

  /** How often it was tried whether something shrinks. */
  get samples(): number {
    return this.#samples;
  }

  /** What a block of a long run would be compressed with now. */
  get quality(): Quality {
    return qualityFor(Number.POSITIVE_INFINITY, this.#link.bytesPerMs, this.#experience);
  }

  /** @param raw up to `limits.unpackedSizeMaxBytes`, not to be changed until the promise is settled */
  async pack(raw: Buffer): Promise<PackedLiterals> {
    if (raw.length > limits.unpackedSizeMaxBytes) {
      throw new BtsootError('internal', `${raw.length} bytes are more than one message may unpack to`);
    }
    const asItIs = { bytes: raw, sizeBytes: 0 };
    const total = this.#totalBytes + raw.length;
    const quality = qualityFor(total, this.#link.bytesPerMs, this.#experience);
    if (quality === 0 || raw.length === 0 || !this.#mayShrink(raw)) return asItIs;
    this.#totalBytes = total;
    const bytes = await this.#budget.holding(1, () => this.#compress(raw, quality));
    return bytes.length < raw.length * SHRUNK_SHARE ? { bytes, sizeBytes: raw.length } : asItIs;
  }

  /**
   * A message of this many bytes was sent, and the link, or what holds back its rate, was waited for so long. Also told of
   * messages that were not packed: this is how the link is known.
   */
  waited(ms: number, bytes: number): void {
    this.#waitedMs += ms;
    this.#sentBytes += bytes;
    const elapsedMs = this.#nowMs() - this.#windowStartMs;
    if (elapsedMs < WINDOW_MS) return;
    const window = { elapsedMs, waitedMs: this.#waitedMs, sentBytes: this.#sentBytes, packingMs: this.#packingMs };
    this.#link = nextLinkRate(this.#link, window);
    this.#windowStartMs += elapsedMs;
    this.#waitedMs = 0;
    this.#sentBytes = 0;
    this.#packingMs = 0;
  }

  /** Looks at a part of the block; at nothing where looking is not worth it, and then it is as it was last time. */
  #mayShrink(raw: Buffer): boolean {
    if (raw.length <= SAMPLE_BYTES) return true;
    if (!this.#sampling.isDue(raw.length)) return false;
    this.#samples++;
    const sample = sampleOf(raw);
    if (sampledBytes(sample) < sample.length * SHRUNK_SHARE) {
      this.#sampling.shrank();
      return true;
    }
    this.#sampling.stayed(raw.length);
    return false;
  }

  async #compress(raw: Buffer, quality: Quality): Promise<Buffer> {
    const startedMs = this.#nowMs();
    const bytes = await compress(raw, quality);
    const tookMs = this.#nowMs() - startedMs;
    this.#packingMs += tookMs;
    if (raw.length >= TELLING_BYTES) {
      this.#experience = learn(this.#experience, { quality, rawBytes: raw.length, packedBytes: bytes.length, tookMs });
    }
    if (bytes.length >= raw.length * SHRUNK_SHARE) this.#sampling.stayed(raw.length);
    return bytes;
  }
}
