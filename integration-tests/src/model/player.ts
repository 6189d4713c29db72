import assert from 'node:assert/strict';
import { existsSync, lstatSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { treeDifferences } from '../harness/compare.js';
import { entriesBelow } from '../harness/entries.js';
import { type Contents, contentOf, contentsBelow, lost, namesIn } from '../harness/holdings.js';
import { rsyncDifferences, rsyncMissing } from '../harness/rsync.js';
import { copyTree } from '../harness/tree.js';
import type { Deed, Edit } from './deeds.js';
import { doEdit, isAddition } from './edits.js';
import { type EngineResult, kindOf } from './engine.js';
import type { Plot, Site } from './site.js';
import { LostError, type Tally } from './tally.js';

/** What the checkout keeps beside contents, kinds, modes, owners and times, as rsync's flags. Grows with the program. */
const rsyncFlags: readonly string[] = [];
/** Every so many syncs, rsync is asked as well. */
const rsyncInterval = 8;
const pauseMs = 30;
const settleMaxMs = 20_000;
/** How a sync may end whose link, source or remote was broken off. */
const brokenKinds: ReadonlySet<string> = new Set(['unreachable', 'busy', 'cancelled']);

interface Snapshot {
  readonly session: number;
  readonly path: string;
}

export interface PlayOptions {
  /** How many of the kept sessions are restored at the end. */
  readonly restoresMax: number;
}

/**
 * Plays a sequence of deeds on a block of its own. The source's tree is the model: after each undisturbed sync the mirror
 * must equal it, and what the remote held before any sync, the hand edits included, must still be there after it.
 * At the end, sessions are restored and compared with copies of what the source was then.
 */
export async function play(site: Site, deeds: readonly Deed[], tally: Tally, options: PlayOptions): Promise<void> {
  const plot = await site.plot();
  const player = new Player(site, plot, tally);
  let played = 0;
  try {
    for (const deed of deeds) {
      await player.do(deed);
      played += 1;
      tally.steps += 1;
    }
    await player.end(options);
  } catch (error) {
    const place = played < deeds.length ? `at deed ${played}, ${JSON.stringify(deeds[played])}` : 'at the end';
    if (error instanceof Error) error.message = `${place}: ${error.message}`;
    throw error;
  } finally {
    site.clear(plot);
  }
}

class Player {
  readonly #site: Site;
  readonly #plot: Plot;
  readonly #tally: Tally;
  readonly #snapshots: Snapshot[] = [];
  #syncs = 0;
  #strangers = 0;

  constructor(site: Site, plot: Plot, tally: Tally) {
    this.#site = site;
    this.#plot = plot;
    this.#tally = tally;
    mkdirSync(join(plot.scratch, 'snapshots'));
    // An empty source is not mirrored over a target that is not.
    writeFileSync(join(plot.tree, 'first'), 'first');
  }

  async do(deed: Deed): Promise<void> {
    switch (deed.kind) {
      case 'edit':
        this.#tally.edits += 1;
        return doEdit(this.#plot.tree, deed.edit);
      case 'hand-edit':
        this.#tally.handEdits += 1;
        return doEdit(this.#plot.mirror, deed.edit);
      case 'sync':
        return this.#keepingAll(() => this.#syncAndJudge(deed.by));
      case 'dry-run':
        return this.#dryRun();
      case 'broken-sync':
        return this.#keepingAll(() => this.#breakSync(deed));
      case 'paused-sync':
        return this.#keepingAll(() => this.#pauseSync(deed.afterBytes));
      case 'busy-sync':
        return this.#busySync(deed);
      case 'restart-remote':
        return this.#site.restartRemote('SIGTERM');
      case 'restore': {
        const snapshot = this.#snapshots[deed.session % Math.max(1, this.#snapshots.length)];
        if (snapshot !== undefined) await this.#restore(snapshot);
        return;
      }
      default:
        deed satisfies never;
    }
  }

  async end({ restoresMax }: PlayOptions): Promise<void> {
    await this.do({ kind: 'sync', by: 'engine' });
    const again = await this.#site.engine.sync(this.#plot.block);
    assert.equal(again.kind, 'unchanged', 'a sync of equal trees had something to do');
    const stride = Math.max(1, Math.ceil(this.#snapshots.length / restoresMax));
    for (let index = this.#snapshots.length - 1; index >= 0; index -= stride) {
      const snapshot = this.#snapshots[index];
      if (snapshot !== undefined) await this.#restore(snapshot);
    }
    this.#tally.sequences += 1;
  }

  /** Whatever the remote held before, in the mirror or in history, it holds afterwards. */
  async #keepingAll(work: () => Promise<void>): Promise<void> {
    const before = this.#held();
    await work();
    this.#requireHeld(before);
  }

  #requireHeld(before: Contents): void {
    const missing = lost(before, this.#held());
    if (missing.length === 0) return;
    this.#tally.lost += missing.length;
    throw new LostError(`lost on the remote: ${missing.join('; ')}`);
  }

  #held(): Contents {
    const { mirror, area } = this.#plot;
    const folders = ['history', 'stash'].map((name) => join(area, name)).filter((folder) => existsSync(folder));
    return contentsBelow(mirror, ...folders);
  }

  async #syncAndJudge(by: 'engine' | 'process'): Promise<void> {
    const { tree, mirror, area, scratch } = this.#plot;
    let result = await this.#sync(by);
    if (result.kind === 'partial') {
      this.#tally.secondSyncs += 1;
      result = await this.#sync(by);
    }
    assert.ok(result.kind === 'done' || result.kind === 'unchanged', `the sync ended as ${describe(result)}`);
    assert.deepEqual(treeDifferences(tree, mirror), [], `after a sync that ended as ${result.kind}`);
    for (const folder of ['staging', 'stash']) assert.deepEqual(namesIn(join(area, folder)), [], `left in ${folder}`);
    this.#syncs += 1;
    if (this.#syncs % rsyncInterval === 1 && rsyncMissing === false) {
      this.#tally.rsyncs += 1;
      assert.deepEqual(rsyncDifferences(tree, mirror, rsyncFlags), []);
    }
    if (result.kind !== 'done' || result.session === 0) return;
    const path = join(scratch, 'snapshots', String(result.session));
    copyTree(tree, path);
    this.#snapshots.push({ session: result.session, path });
  }

  /** What the guard refuses is accepted: the sequences are of disasters. */
  async #sync(by: 'engine' | 'process'): Promise<EngineResult> {
    const first = await this.#syncOnce(by, null);
    if (first.kind !== 'refused') return first;
    return this.#syncOnce(by, first.plan?.digest ?? '');
  }

  async #syncOnce(by: 'engine' | 'process', acceptPlan: string | null): Promise<EngineResult> {
    this.#tally.syncs += 1;
    const { block } = this.#plot;
    if (by === 'engine') return this.#site.engine.sync(block, { acceptPlan });
    const accept = acceptPlan === null ? [] : ['--accept', acceptPlan];
    const run = await this.#site.source.json('sync', block, '--retries', '0', ...accept);
    assert.ok(run.outcome !== undefined, run.output);
    return run.outcome;
  }

  async #dryRun(): Promise<void> {
    const before = this.#held();
    const result = await this.#site.engine.sync(this.#plot.block, { dryRun: true });
    assert.ok(result.kind === 'planned' || result.kind === 'refused', describe(result));
    assert.deepEqual([...this.#held()], [...before], 'a dry run changed something');
  }

  async #breakSync({ afterBytes, how }: Extract<Deed, { kind: 'broken-sync' }>): Promise<void> {
    const { proxy } = this.#site;
    proxy.reset();
    if (how === 'cut') {
      this.#tally.cuts += 1;
      proxy.cutAt(afterBytes);
      await this.#mayBreak(this.#syncOnce('engine', null));
      proxy.cutAt(Number.POSITIVE_INFINITY);
    } else if (how === 'kill-remote') {
      this.#tally.kills += 1;
      const sync = this.#mayBreak(this.#syncOnce('engine', null));
      await Promise.race([proxy.reached(afterBytes), sync]);
      await this.#site.remote.stop('SIGKILL');
      await sync;
      await this.#site.remote.serve();
    } else {
      this.#tally.kills += 1;
      this.#tally.syncs += 1;
      const sync = this.#site.source.start('sync', this.#plot.block, '--retries', '0');
      await Promise.race([proxy.reached(afterBytes), sync.finished]);
      await sync.stop(how === 'kill-source' ? 'SIGKILL' : 'SIGTERM');
    }
    await this.#settle();
  }

  /** A session that was cut off may still be finishing what was whole: until it has, hands are kept off. */
  async #settle(): Promise<void> {
    const deadline = performance.now() + settleMaxMs;
    for (;;) {
      try {
        await this.#site.engine.sync(this.#plot.block, { dryRun: true });
        return;
      } catch (error) {
        if (kindOf(error) !== 'busy' || performance.now() > deadline) throw error;
        await sleep(10);
      }
    }
  }

  async #mayBreak(sync: Promise<unknown>): Promise<void> {
    try {
      await sync;
    } catch (error) {
      if (!brokenKinds.has(kindOf(error))) throw error;
    }
  }

  async #pauseSync(afterBytes: number): Promise<void> {
    this.#tally.pauses += 1;
    const { proxy, remote } = this.#site;
    proxy.reset();
    const sync = this.#syncAndJudge('engine');
    const isOver = sync.then(
      () => undefined,
      () => undefined,
    );
    await Promise.race([proxy.reached(afterBytes), isOver]);
    process.kill(remote.pid, 'SIGSTOP');
    await sleep(pauseMs);
    process.kill(remote.pid, 'SIGCONT');
    await sync;
  }

  async #busySync({ afterBytes, edit, side }: Extract<Deed, { kind: 'busy-sync' }>): Promise<void> {
    const { proxy } = this.#site;
    const before = new Map(this.#held());
    proxy.reset();
    this.#tally.busy += 1;
    const disturb = proxy.reached(afterBytes).then(() => {
      if (side === 'source') doEdit(this.#plot.tree, edit);
      else for (const [content, place] of this.#addByHand(edit)) before.set(content, place);
    });
    await this.#syncOnce('engine', null);
    // Where fewer bytes crossed, it happens right after the sync.
    proxy.tellAll();
    await disturb;
    this.#requireHeld(before);
  }

  /** Somebody puts something into the mirror while it is worked on; returns what. */
  #addByHand(edit: Edit): Contents {
    this.#tally.handEdits += 1;
    if (isAddition(edit)) {
      try {
        doEdit(this.#plot.mirror, edit);
      } catch (error) {
        // The remote's renames run at the same time: what was to be changed may have gone.
        if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
      }
      return new Map();
    }
    const name = `stranger-${++this.#strangers}`;
    const path = Buffer.from(join(this.#plot.mirror, name));
    writeFileSync(path, `put here by hand: ${name} ${this.#plot.block}`);
    const content = contentOf(path, lstatSync(path, { bigint: true }));
    return new Map([[content ?? '', path.toString()]]);
  }

  async #restore({ session, path }: Snapshot): Promise<void> {
    this.#tally.restores += 1;
    const to = join(this.#plot.scratch, 'restored');
    rmSync(to, { recursive: true, force: true });
    const gone = this.#goneByHand(path);
    const result = await this.#site.engine.restore(this.#plot.block, session, to);
    const differences = treeDifferences(path, to).filter((line) => !gone.some((name) => line.startsWith(`${name}: only on`)));
    assert.deepEqual(differences, [], `session ${session} is another one when it is restored`);
    assert.equal(result.kind, gone.length === 0 ? 'done' : 'partial', describe(result));
  }

  /** Files of a session whose content a hand on the remote's disk overwrote or removed: nobody can give them back. */
  #goneByHand(snapshot: string): string[] {
    const held = this.#held();
    const root = Buffer.from(snapshot);
    return entriesBelow(root).flatMap(({ path, stats }) => {
      const content = stats.isFile() && stats.size > 0n ? contentOf(path, stats) : null;
      if (content === null || held.has(content)) return [];
      return [JSON.stringify(path.subarray(root.length + 1).toString('latin1'))];
    });
  }
}

function describe({ kind, reasons, problems }: EngineResult): string {
  return `${kind}: ${JSON.stringify([...reasons, ...problems])}`;
}
