import type { Logger } from '../log.js';
import type { Pause } from '../pause.js';
import { SourceWatch } from '../source-watch.js';
import { errorView, type SyncEnd } from '../sync-message.js';
import type { Block } from '../sync-types.js';
import { Blindness } from './blindness.js';
import { type BlockState, type Due, failureDelayMs, keptToClock, type LooksAt, nextDue } from './due.js';

export interface KeeperOptions {
  readonly block: Block;
  readonly log: Logger;
  readonly pause: Pause | null;
  /** Begin of the last run, if there was one, and whether it failed. */
  readonly last: { readonly beganMs: number; readonly failed: boolean } | null;
  /** Has a run done, or joins one; as any other's, it comes by `during`. */
  readonly run: (due: Due) => Promise<void>;
  /** A pause that had an end is over. */
  readonly onPauseOver: () => void;
}

export interface Watching {
  readonly folders: number;
  /** The system allows no more. */
  readonly isFull: boolean;
}

/** No timer of Node's is longer, and after a while of sleep the clock may say something else. */
const LOOK_EVERY_MS = 60 * 60 * 1000;

/** Looks after one block: watches its source, and has it synced when that is due. */
export class Keeper {
  readonly #options: KeeperOptions;
  #sinceMs = Date.now();
  #block: Block;
  #watch: SourceWatch | null = null;
  /** No longer wanted, and perhaps gone by still. */
  readonly #retired: SourceWatch[] = [];
  /** Runs that go on. */
  #users = 0;
  readonly #blindness: Blindness;
  /** Why nothing can be watched; null: it can. */
  #noWatch: string | null = null;
  #saidFull = false;
  #changed: BlockState['changed'] = null;
  #walkedMs: number | null;
  #walkedBeforeMs: number | null = null;
  #failure: BlockState['failure'] = null;
  #failures = 0;
  #isPartial = false;
  #pause: Pause | null;
  #isRunning = false;
  #isStopped = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: KeeperOptions) {
    const { last } = options;
    this.#options = options;
    this.#block = options.block;
    this.#pause = options.pause;
    this.#blindness = new Blindness((why) => {
      const message = `not all changes can be seen: ${why}; the source is looked through every hour`;
      options.log.log('warn', message, { block: this.#block.name });
    });
    // It was before this, whatever the clock said then.
    this.#walkedMs = last === null ? null : Math.min(last.beganMs, this.#sinceMs - 1);
    if (last?.failed === true) this.#failed('everything', this.#walkedMs ?? this.#sinceMs);
    this.#setUp();
  }

  /** Whether changes are told, all that a watch can tell. */
  get isWatched(): boolean {
    return this.#state().watch === 'yes';
  }

  /** What of it is watched; null: nothing is. */
  get watching(): Watching | null {
    return this.#watch === null ? null : { folders: this.#watch.tree.size, isFull: this.#watch.tree.isFull };
  }

  /** Null: nothing is planned. */
  get due(): Due | null {
    const isWanted = this.#block.watch || this.#block.schedule !== null;
    return isWanted && this.#pause === null ? nextDue(this.#state()) : null;
  }

  get isPaused(): boolean {
    return this.#pause !== null;
  }

  /** Paused, it begins nothing by itself; what changes meanwhile is known when it goes on. */
  pause(pause: Pause | null): void {
    this.#pause = pause;
    this.#plan();
  }

  /** The settings are others. */
  update(block: Block): void {
    if (block.watch && isAnotherMirror(this.#block, block)) [this.#walkedMs, this.#failure] = [null, null];
    if (block.source !== this.#block.source) this.#retire();
    this.#block = block;
    this.#setUp();
  }

  stop(): void {
    this.#isStopped = true;
    clearTimeout(this.#timer);
    this.#retire();
  }

  /** A run of this block, by whomever: it goes by the watch, which stays open for so long. */
  async during(looksAt: LooksAt, isDryRun: boolean, work: (watch: SourceWatch | null) => Promise<SyncEnd>): Promise<void> {
    this.#users++;
    if (!isDryRun) this.#began(looksAt);
    const watch = this.#watch;
    try {
      const end = await work(watch);
      if (!isDryRun) this.#ended(looksAt, end);
    } finally {
      // A dry run has taken up what only the next one sends.
      if (watch?.tree.takeUntold() === true && isDryRun) this.#onChange();
      this.#users--;
      this.#closeRetired();
      this.#tellIfFull();
      this.#plan();
    }
  }

  #began(looksAt: LooksAt): void {
    this.#changed = null;
    this.#walkedBeforeMs = this.#walkedMs;
    if (looksAt === 'everything') this.#walkedMs = Date.now();
  }

  #ended(looksAt: LooksAt, end: SyncEnd): void {
    if (end.kind === 'error') {
      if (end.error.kind === 'cancelled') this.#stopped();
      else this.#failed(looksAt, Date.now());
    } else if (end.kind === 'result') {
      this.#lookIfBlind();
      this.#isPartial = end.result.kind === 'partial';
      this.#failure = null;
      this.#failures = 0;
    }
  }

  /** It counts for nothing: of what a watch had told, nobody knows how much it has taken up. */
  #stopped(): void {
    this.#walkedMs = this.#block.watch ? null : this.#walkedBeforeMs;
  }

  #retire(): void {
    if (this.#watch !== null) this.#retired.push(this.#watch);
    this.#watch = null;
    this.#closeRetired();
  }

  #closeRetired(): void {
    if (this.#users === 0) for (const watch of this.#retired.splice(0)) watch.close();
  }

  #failed(looksAt: LooksAt, atMs: number): void {
    this.#failure = { atMs, delayMs: failureDelayMs(++this.#failures, Math.random()), looksAt };
  }

  #setUp(): void {
    if (this.#block.watch && this.#watch === null) this.#open();
    else if (!this.#block.watch) this.#retire();
    this.#plan();
  }

  #open(): void {
    // Nothing is watched yet: the first run that looks at everything sees to that.
    this.#sinceMs = Date.now();
    try {
      this.#watch = SourceWatch.open(() => this.#onChange());
      this.#noWatch = this.#watch === null ? 'the native part that watches is missing' : null;
    } catch (error) {
      this.#noWatch = errorView(error).message;
    }
    this.#lookIfBlind();
    if (!this.#blindness.isBlind) this.#options.log.log('info', 'watched', { block: this.#block.name });
  }

  #lookIfBlind(): void {
    if (this.#block.watch) this.#blindness.look(this.#block.source, this.#noWatch);
  }

  #onChange(): void {
    const nowMs = Date.now();
    this.#changed = { firstMs: this.#changed?.firstMs ?? nowMs, lastMs: nowMs };
    // Each event puts it off, and what is due later looks again by itself.
    if (this.#changed.firstMs === nowMs) this.#plan();
  }

  #state(): BlockState {
    const { watch, settleMs, schedule } = this.#block;
    const [walkedMs, changed, failure] = [this.#walkedMs, this.#changed, this.#failure];
    const isBlind = this.#blindness.isBlind || this.#watch?.tree.isFull === true;
    const sees = !watch ? 'no' : isBlind ? 'blind' : 'yes';
    const [sinceMs, isPartial] = [this.#sinceMs, this.#isPartial];
    return { schedule, watch: sees, settleMs, sinceMs, changed, walkedMs, isPartial, failure };
  }

  #keepToClock(): void {
    const kept = keptToClock(this.#state(), Date.now());
    this.#sinceMs = kept.sinceMs;
    this.#changed = kept.changed;
    this.#walkedMs = kept.walkedMs;
    this.#failure = kept.failure;
  }

  #plan(): void {
    clearTimeout(this.#timer);
    this.#keepToClock();
    const atMs = this.#pauseEndMs ?? this.due?.atMs ?? null;
    if (this.#isStopped || this.#isRunning || atMs === null) return;
    const waitMs = Math.max(0, Math.min(atMs - Date.now(), LOOK_EVERY_MS));
    this.#timer = setTimeout(() => this.#look(), waitMs);
  }

  /** Null: it is not paused, or has no end. */
  get #pauseEndMs(): number | null {
    const untilUs = this.#pause?.untilUs ?? null;
    return untilUs === null ? null : untilUs / 1000;
  }

  #look(): void {
    this.#lookIfBlind();
    if (this.#pauseEndMs !== null && this.#pauseEndMs <= Date.now()) {
      this.#pause = null;
      this.#options.onPauseOver();
    }
    const { due } = this;
    if (due === null || due.atMs > Date.now()) this.#plan();
    else void this.#run(due);
  }

  async #run(due: Due): Promise<void> {
    clearTimeout(this.#timer);
    this.#isRunning = true;
    try {
      await this.#options.run(due);
    } catch (error) {
      // Whatever it was: a service of years does not end for it, and does not spin.
      this.#options.log.log('error', 'a sync could not be begun', { block: this.#block.name, error: errorView(error).message });
      this.#failed(due.looksAt, Date.now());
    } finally {
      this.#isRunning = false;
      this.#plan();
    }
  }

  #tellIfFull(): void {
    const isFull = this.#watch?.tree.isFull === true;
    if (isFull && !this.#saidFull) {
      const message =
        'not all folders can be watched: the source is looked through every hour. Raise fs.inotify.max_user_watches with sysctl to more than it has folders';
      this.#options.log.log('warn', message, { block: this.#block.name, watched: this.#watch?.tree.size ?? 0 });
    }
    this.#saidFull = isFull;
  }
}

/** Whether a sync of the block does something else than it did. */
function isAnotherMirror(before: Block, after: Block): boolean {
  const said = ({ source, sourceIdentity, target, owners, specials, ignore, ignored }: Block): string =>
    JSON.stringify({ source, sourceIdentity, target, owners, specials, ignore, ignored });
  return said(before) !== said(after);
}
