import { display } from '@btsoot/shared/model/bytes.js';
import { fromSystemError } from '@btsoot/shared/model/errors.js';
import type { OpenBlock } from './blocks.js';
import { judgementOf } from './judgement.js';
import type { Remote } from './remote.js';
import { type Judgement, makeRoom } from './retention.js';

/**
 * Room for new files on a disk that fills up in the middle of a session: history that may go for that goes. Where none may,
 * the disk says so itself, and the step fails.
 */
export class Room {
  readonly #remote: Remote;
  readonly #block: OpenBlock;
  readonly #signal: AbortSignal;
  /** By the rules as they are at the first file: they are not read again for each. */
  #judgement: Judgement | null = null;
  /** Nothing more can be let go in this session. */
  #isExhausted = false;

  constructor(remote: Remote, block: OpenBlock, signal: AbortSignal) {
    this.#remote = remote;
    this.#block = block;
    this.#signal = signal;
  }

  /** Called before a file that takes so many bytes is received. */
  async make(neededBytes: number): Promise<void> {
    if (this.#isExhausted) return;
    const { log } = this.#remote;
    const folder = display(this.#block.folder);
    try {
      this.#judgement ??= judgementOf(this.#remote, this.#block, this.#signal);
      const { removed, freedBytes, isShort } = await makeRoom(this.#block, neededBytes, this.#judgement);
      if (removed > 0) log.info('old history made room', { folder, versions: removed, freedBytes });
      this.#isExhausted = isShort || this.#judgement.rules.freeSpaceMin === null;
    } catch (error) {
      this.#signal.throwIfAborted();
      this.#isExhausted = true;
      log.warn('old history could not make room', { folder, reason: fromSystemError(error, 'making room').message });
    }
  }
}
