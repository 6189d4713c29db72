import type { Socket } from 'node:net';

export interface LinePace {
  readonly delayMs: number;
  /** Infinity: as fast as it goes. */
  readonly bytesPerSecond: number;
}

/** What one line, or the lines that share a cable, send one after the other. */
export interface Lane {
  freeAtMs: number;
}

/** What may be under way in one direction: a gigabit at half a second. */
const underWayMaxBytes = 64 * 1024 * 1024;
/** What waits before a slow line begins, as in a router with a small queue. */
const queueMs = 50;

interface Parcel {
  readonly dueMs: number;
  /** Null: the sender has ended its side. */
  readonly bytes: Buffer | null;
}

/** Carries one direction of a connection at its pace, each piece late by the same time and in order. */
export class DelayLine {
  readonly #from: Socket;
  readonly #to: Socket;
  readonly #pace: LinePace;
  readonly #lane: Lane;
  readonly #admitted: (bytes: number) => number;
  readonly #delivered: (bytes: number) => void;
  readonly #parcels: Parcel[] = [];
  #underWayBytes = 0;
  #held = false;
  #blocked = false;
  #timer: NodeJS.Timeout | undefined;

  /**
   * @param pace may change
   * @param lane of its own, or shared with other lines
   * @param admitted how many of so many bytes may pass now; the others are lost
   */
  constructor(
    from: Socket,
    to: Socket,
    pace: LinePace,
    lane: Lane,
    admitted: (bytes: number) => number,
    delivered: (bytes: number) => void,
  ) {
    this.#from = from;
    this.#to = to;
    this.#pace = pace;
    this.#lane = lane;
    this.#admitted = admitted;
    this.#delivered = delivered;
    from.on('data', (bytes: Buffer) => this.#accept(bytes));
    from.on('end', () => this.#accept(null));
    to.on('close', () => clearTimeout(this.#timer));
    to.on('drain', () => {
      this.#blocked = false;
      this.#deliver();
    });
  }

  hold(): void {
    this.#held = true;
  }

  release(): void {
    this.#held = false;
    this.#deliver();
  }

  #accept(bytes: Buffer | null): void {
    const sizeBytes = bytes?.length ?? 0;
    this.#lane.freeAtMs = Math.max(this.#lane.freeAtMs, performance.now()) + (sizeBytes / this.#pace.bytesPerSecond) * 1_000;
    this.#parcels.push({ dueMs: this.#lane.freeAtMs + this.#pace.delayMs, bytes });
    this.#underWayBytes += sizeBytes;
    if (this.#underWayBytes > this.#underWayMaxBytes()) this.#from.pause();
    this.#deliver();
  }

  #deliver(): void {
    clearTimeout(this.#timer);
    while (!this.#held && !this.#blocked) {
      const parcel = this.#parcels[0];
      if (parcel === undefined) return;
      const waitMs = parcel.dueMs - performance.now();
      if (waitMs > 0) {
        this.#timer = setTimeout(() => this.#deliver(), waitMs);
        return;
      }
      this.#parcels.shift();
      this.#pass(parcel.bytes);
    }
  }

  #pass(bytes: Buffer | null): void {
    if (this.#to.destroyed) return;
    if (bytes === null) {
      this.#to.end();
      return;
    }
    const passing = bytes.subarray(0, this.#admitted(bytes.length));
    this.#blocked = !this.#to.write(passing);
    this.#underWayBytes -= bytes.length;
    if (this.#underWayBytes <= this.#underWayMaxBytes()) this.#from.resume();
    this.#delivered(passing.length);
  }

  #underWayMaxBytes(): number {
    const { bytesPerSecond, delayMs } = this.#pace;
    return Math.min(underWayMaxBytes, (bytesPerSecond * (delayMs + queueMs)) / 1_000);
  }
}
