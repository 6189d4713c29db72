import { display, type TreePath } from '@btsoot/shared/model/bytes.js';
import { BtsootError } from '@btsoot/shared/model/errors.js';
import { Pacer } from '@btsoot/shared/scrub/pacer.js';
import type { ScrubProgress } from '@btsoot/shared/scrub/progress.js';
import { rereadGently } from '@btsoot/shared/scrub/reread.js';
import { Scrub } from '@btsoot/shared/scrub/scrub.js';
import type { BlockStore, OpenBlock } from './blocks.js';
import { distrust } from './check-tree.js';
import type { Log } from './log.js';
import { nowUs } from './remote.js';
import { Serial } from './serial.js';
import type { SessionTable } from './session.js';

/** Somebody who wants a block's contents read. The reading stops when the last one has left. */
export interface ScrubWatch {
  readonly progress: () => ScrubProgress;
  /** Rejects with why the reading was broken off. */
  readonly done: Promise<void>;
  leave(): void;
}

export interface ScrubberOptions {
  readonly blocks: BlockStore;
  readonly sessions: SessionTable;
  readonly log: Log;
}

interface Run {
  readonly stop: AbortController;
  readonly done: Promise<void>;
  /** How fast each who waits for it wants it to be, in bytes per second. */
  readonly rates: Map<symbol, number>;
  progress: ScrubProgress;
}

const WAITING: ScrubProgress = { files: 0, filesTotal: 0, bytes: 0, bytesTotal: 0, paused: true };

/** Reads contents of blocks again: one block at a time, once for all who ask, and never while a session is open. */
export class Scrubber {
  readonly #o: ScrubberOptions;
  readonly #runs = new Map<TreePath, Run>();
  readonly #serial = new Serial();

  constructor(options: ScrubberOptions) {
    this.#o = options;
  }

  /**
   * Begins to read a block's contents, or joins the reading that is under way.
   * @param bytesPerSecond Infinity for as fast as it goes; the fastest of those who wait counts
   */
  watch(folder: TreePath, bytesPerSecond: number): ScrubWatch {
    const run = this.#runs.get(folder) ?? this.#begin(folder);
    const self = Symbol('watch');
    run.rates.set(self, bytesPerSecond);
    return {
      progress: () => run.progress,
      done: run.done,
      leave: () => {
        run.rates.delete(self);
        if (run.rates.size === 0) run.stop.abort(new BtsootError('cancelled', 'nobody waits for the reading any more'));
      },
    };
  }

  /** Null where the block's contents are not being read. */
  progressOf(folder: TreePath): ScrubProgress | null {
    return this.#runs.get(folder)?.progress ?? null;
  }

  /** Resolves when nothing is read any more. Whoever waits must have left. */
  settled(): Promise<void> {
    return this.#serial.run(async () => undefined);
  }

  #begin(folder: TreePath): Run {
    const stop = new AbortController();
    const rates = new Map<symbol, number>();
    const done = this.#serial.run(async () => {
      try {
        stop.signal.throwIfAborted();
        await this.#scrub(folder, run);
      } finally {
        if (this.#runs.get(folder) === run) this.#runs.delete(folder);
      }
    });
    done.catch(() => undefined);
    const run: Run = { stop, rates, done, progress: WAITING };
    this.#runs.set(folder, run);
    // Who comes after this begins anew.
    stop.signal.addEventListener('abort', () => this.#runs.get(folder) === run && this.#runs.delete(folder), { once: true });
    return run;
  }

  async #scrub(folder: TreePath, run: Run): Promise<void> {
    const { blocks, log } = this.#o;
    const hold = blocks.hold(folder);
    try {
      log.info('reading contents again', { folder: display(folder) });
      await this.#scrubBlock(hold.block, run);
      const { files, bytes } = run.progress;
      log.info('contents were read again', {
        folder: display(folder),
        files,
        bytes,
        damaged: hold.block.manifest.damages.count(),
      });
    } finally {
      hold.release();
    }
  }

  async #scrubBlock(block: OpenBlock, run: Run): Promise<void> {
    const { sessions, log } = this.#o;
    const { signal } = run.stop;
    const pacer = new Pacer(() => Math.max(...run.rates.values()));
    const scrub = new Scrub({
      ...block,
      parallel: 1,
      read: (place) => rereadGently(place, (bytes) => scrub.slice(bytes)),
      async mayGoOn(bytes) {
        signal.throwIfAborted();
        if (bytes > 0) await pacer.spent(bytes, signal);
        if (sessions.isIdle) return;
        run.progress = { ...run.progress, paused: true };
        await sessions.idle(signal);
      },
      isPaused: () => !sessions.isIdle,
      onProgress: (progress) => {
        run.progress = progress;
      },
      onJudged: (path, judgement) => {
        if (judgement === 'changed') distrust(block);
        if (judgement !== 'changed')
          log.warn('a content is not good', { folder: display(block.folder), path: display(path), judgement });
      },
      now: nowUs,
    });
    await scrub.run();
  }
}
