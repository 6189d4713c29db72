import { limits } from '@btsoot/shared/model/limits.js';
import type { Config } from '../config.js';
import { FairQueue } from '../fair-queue.js';
import { readLastResult } from '../last-result.js';
import type { Logger } from '../log.js';
import type { Paths } from '../paths.js';
import { type Pause, pauseFrom, readPause, writePause } from '../pause.js';
import type { SourceWatch } from '../source-watch.js';
import { errorView, type SyncEnd } from '../sync-message.js';
import type { Block } from '../sync-types.js';
import type { Due, LooksAt } from './due.js';
import type { SyncRequestView } from './joined-runs.js';
import { Keeper, type Watching } from './keeper.js';

export interface KeepersOptions {
  readonly paths: Paths;
  readonly log: Logger;
  /** Has a run done, or joins one. */
  readonly run: (block: string, looksAt: LooksAt, signal: AbortSignal) => Promise<void>;
  /** A block was paused, or goes on. */
  readonly onPause: (block: string, isPaused: boolean) => void;
}

/** How a block is looked after. */
export interface KeptView {
  readonly block: string;
  readonly watching: Watching | null;
  /** When its next run is due, in microseconds since the epoch; null: nothing is planned. */
  readonly dueUs: number | null;
}

export interface PlannedView {
  readonly block: string;
  /** Microseconds since the epoch. */
  readonly dueUs: number;
  readonly why: Due['why'];
  readonly watched: boolean;
}

/** Looks after all blocks of the config that want it. */
export class Keepers {
  readonly #options: KeepersOptions;
  readonly #keepers = new Map<string, Keeper>();
  readonly #queue = new FairQueue(limits.agentRunsMax, limits.agentRunsPerTargetMax);
  readonly #stop = new AbortController();
  #blocks: ReadonlyMap<string, Block> = new Map();

  constructor(options: KeepersOptions) {
    this.#options = options;
  }

  /** The config as it is now. Says in the log what is new about it. */
  async update(config: Config): Promise<void> {
    const { log } = this.#options;
    const before = this.#blocks;
    this.#blocks = config.blocks;
    for (const name of before.keys()) {
      if (config.blocks.has(name)) continue;
      this.#keepers.get(name)?.stop();
      this.#keepers.delete(name);
      log.log('info', 'block is gone from the config', { block: name });
    }
    for (const [name, block] of config.blocks) {
      const known = before.get(name);
      const changed = known === undefined ? [] : changedSettings(known, block);
      if (changed.length > 0) log.log('info', 'settings have changed', { block: name, settings: changed.join(', ') });
      const keeper = this.#keepers.get(name);
      if (keeper === undefined) this.#keepers.set(name, await this.#keep(block));
      else if (changed.length > 0) keeper.update(block);
    }
  }

  /** What is going to be done by itself, block by block. */
  planned(): PlannedView[] {
    return [...this.#keepers].flatMap(([block, { due, isWatched }]) =>
      due === null ? [] : [{ block, dueUs: due.atMs * 1000, why: due.why, watched: isWatched }],
    );
  }

  /** All blocks of the config. */
  kept(): KeptView[] {
    return [...this.#keepers].map(([block, { watching, due }]) => ({
      block,
      watching,
      dueUs: due === null ? null : due.atMs * 1000,
    }));
  }

  /**
   * Has the agent begin nothing with the block by itself, and the next agent neither.
   * @param untilUs microseconds since the epoch; null: until it is resumed
   */
  pause(block: string, untilUs: number | null): void {
    const { paths } = this.#options;
    const nowUs = Date.now() * 1000;
    this.#setPause(block, pauseFrom(readPause(paths, block, nowUs), untilUs, nowUs));
  }

  resume(block: string): void {
    this.#setPause(block, null);
  }

  /** A run of the block, by whomever. @param work goes by the block's watch, if it has one */
  async during(request: SyncRequestView, work: (watch: SourceWatch | null) => Promise<SyncEnd>): Promise<void> {
    const keeper = this.#keepers.get(request.block);
    if (keeper === undefined) await work(null);
    else await keeper.during(request.looksAt, request.dryRun, work);
  }

  /** Nothing is begun any more. */
  stop(): void {
    this.#stop.abort(new Error('the agent stops'));
    for (const keeper of this.#keepers.values()) keeper.stop();
    this.#keepers.clear();
  }

  async #keep(block: Block): Promise<Keeper> {
    const { log, paths } = this.#options;
    // It is only for people, and for what a timetable has missed.
    const last = await readLastResult(paths, block.name).catch(() => null);
    return new Keeper({
      block,
      log,
      pause: this.#pauseOf(block),
      onPauseOver: () => this.#pauseIsOver(block.name),
      last: last === null ? null : { beganMs: last.finishedUs / 1000 - last.durationMs, failed: last.kind === 'failed' },
      run: (due) => this.#run(this.#blocks.get(block.name) ?? block, due),
    });
  }

  #setPause(block: string, pause: Pause | null): void {
    const { paths, log, onPause } = this.#options;
    writePause(paths, block, pause);
    this.#keepers.get(block)?.pause(pause);
    log.log('info', pause === null ? 'goes on' : 'paused', { block });
    onPause(block, pause !== null);
  }

  /** The keeper knows, and the file says no more than that it is over. */
  #pauseIsOver(block: string): void {
    const { paths, log, onPause } = this.#options;
    log.log('info', 'goes on', { block });
    try {
      writePause(paths, block, null);
    } catch (error) {
      log.log('warn', 'the note of a pause that is over stays', { block, error: errorView(error).message });
    }
    onPause(block, false);
  }

  /** Where nobody can tell, nothing is begun: somebody may have had a reason. */
  #pauseOf({ name: block }: Block): Pause | null {
    const { log, paths } = this.#options;
    try {
      return readPause(paths, block, Date.now() * 1000);
    } catch (error) {
      log.log('error', 'it cannot be told whether the block is paused: nothing begins by itself', {
        block,
        error: errorView(error).message,
      });
      return { sinceUs: 0, untilUs: null };
    }
  }

  /** A command that this agent did not answer has only written it down. */
  #hasPaused(block: Block): boolean {
    const keeper = this.#keepers.get(block.name);
    const pause = this.#pauseOf(block);
    if (keeper?.isPaused !== true && pause !== null) keeper?.pause(pause);
    return keeper?.isPaused === true || pause !== null;
  }

  async #run(block: Block, { looksAt, why }: Due): Promise<void> {
    const { log, run } = this.#options;
    const { signal } = this.#stop;
    try {
      await this.#queue.run(diskOf(block), signal, async () => {
        if (this.#hasPaused(block)) return;
        log.log('info', 'sync is due', { block: block.name, why });
        await run(block.name, looksAt, signal);
      });
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  }
}

/** Where its mirror lies: syncs to one place share its disk and the way to it. */
function diskOf({ target }: Block): string {
  return target.kind === 'remote' ? `remote ${target.remote}` : `local ${target.root}`;
}

function changedSettings(before: Block, after: Block): string[] {
  const text = (block: Block, key: string): string => {
    const value = block[key as keyof Block];
    return key === 'schedule' ? String(block.schedule?.text) : JSON.stringify(value);
  };
  return Object.keys(after).filter((key) => text(before, key) !== text(after, key));
}
