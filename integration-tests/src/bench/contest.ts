import assert from 'node:assert/strict';
import type { Cleanup } from '../harness/cleanup.js';
import { treeDifferences } from '../harness/compare.js';
import { CountingProxy } from '../harness/counting-proxy.js';
import { rsyncDifferences, rsyncMissing } from '../harness/rsync.js';
import type { Outcome } from '../harness/source-agent.js';
import { mustSucceed, type Pair, pairedAgents } from '../harness/world.js';
import { type Effort, measured } from './effort.js';
import type { Route } from './route.js';
import { RsyncDaemon, type RsyncOptions } from './rsync-daemon.js';

/** BTSOOT and rsync, each ready to mirror the same tree over the same kind of route. */
export class Contest {
  readonly #pair: Pair;
  readonly #proxy: CountingProxy | null;
  readonly #rsync: RsyncDaemon | null;

  static async open(cleanup: Cleanup, route: Route, options: RsyncOptions): Promise<Contest> {
    const pair = await pairedAgents(cleanup, route);
    const proxy = route.proxy === null ? null : await CountingProxy.listen(pair.remote.port, route.proxy);
    cleanup.after(() => proxy?.close());
    if (proxy !== null) pair.source.reachRemoteBy(proxy.port);
    const rsync = rsyncMissing === false ? await RsyncDaemon.start(cleanup, pair.directory, route, options) : null;
    return new Contest(pair, proxy, rsync);
  }

  private constructor(pair: Pair, proxy: CountingProxy | null, rsync: RsyncDaemon | null) {
    this.#pair = pair;
    this.#proxy = proxy;
    this.#rsync = rsync;
  }

  /** What is mirrored. */
  get tree(): string {
    return this.#pair.tree;
  }

  get directory(): string {
    return this.#pair.directory;
  }

  /** Of the remote agent. */
  get remotePid(): number {
    return this.#pair.remote.pid;
  }

  async btsoot(): Promise<Effort & { readonly outcome: Outcome }> {
    let outcome: Outcome | undefined;
    const effort = await measured(this.remotePid, this.#proxy, async () => {
      outcome = mustSucceed(await this.#pair.source.json('sync', 'photos'));
    });
    assert.ok(outcome !== undefined);
    return { ...effort, outcome };
  }

  /** Null where rsync is not installed. */
  async rsync(): Promise<Effort | null> {
    return (await this.#rsync?.mirror(this.tree, 'photos')) ?? null;
  }

  /** A figure of a mirror that is wrong would say nothing. */
  check(): void {
    assert.deepEqual(treeDifferences(this.tree, this.#pair.mirror), []);
    if (this.#rsync !== null) assert.deepEqual(rsyncDifferences(this.tree, this.#rsync.mirrorOf('photos')), []);
  }
}
