/** Before so much was sent, how well it shrinks says nothing. */
const SAMPLE_MIN_BYTES = 1024 * 1024;

/** What is still to be sent, from what the plan expects and how well it has shrunk so far. */
export class Forecast {
  #leftBytes: number;
  #currentBytes = 0;
  #rawBytes = 0;
  /** Content bytes as they crossed. */
  sentBytes = 0;

  /** @param planBytes what the plan expects to send at most */
  constructor(planBytes: number) {
    this.#leftBytes = planBytes;
  }

  /** The step's bytes were sent with it, or will not be sent at all. */
  settled(expectedBytes: number): void {
    this.#leftBytes -= expectedBytes;
  }

  /** The step's bytes follow; with it the last such step's are through. */
  began(expectedBytes: number): void {
    this.settled(expectedBytes);
    this.#currentBytes = expectedBytes;
  }

  /** Some content was sent: `rawBytes` before and `wireBytes` after compression. */
  sent(rawBytes: number, wireBytes: number): void {
    this.#rawBytes += rawBytes;
    this.sentBytes += wireBytes;
    this.#currentBytes = Math.max(0, this.#currentBytes - rawBytes);
  }

  /** What will have been sent in the end. */
  totalBytes(): number {
    const ratio = this.#rawBytes < SAMPLE_MIN_BYTES ? 1 : this.sentBytes / this.#rawBytes;
    return this.sentBytes + Math.round(Math.max(0, this.#leftBytes + this.#currentBytes) * ratio);
  }
}
