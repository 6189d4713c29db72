import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Cleanup, type Scope } from '../harness/cleanup.js';
import { CountingProxy } from '../harness/counting-proxy.js';
import { assertBuilt, cleanEnvironment } from '../harness/programs.js';
import { RemoteAgent } from '../harness/remote-agent.js';
import { SourceAgent } from '../harness/source-agent.js';
import { Engine } from './engine.js';

/** Where one sequence is played: a block of its own. All paths are absolute. */
export interface Plot {
  readonly block: string;
  readonly tree: string;
  readonly mirror: string;
  /** The remote's private folder of the block. */
  readonly area: string;
  /** For what the player keeps itself. */
  readonly scratch: string;
}

/** One remote agent, a proxy before it, and a source agent that knows it: made once, for many sequences. */
export class Site {
  readonly source: SourceAgent;
  readonly remote: RemoteAgent;
  readonly proxy: CountingProxy;
  readonly engine: Engine;
  readonly #directory: string;
  #plots = 0;

  /** @param directory an empty folder */
  static async open(scope: Scope, directory: string): Promise<Site> {
    assertBuilt();
    const cleanup = Cleanup.within(scope);
    const remote = await RemoteAgent.init(join(directory, 'pi'), join(directory, 'pi-home'));
    const source = new SourceAgent(join(directory, 'nas-home'));
    await source.pair(await remote.pair());
    await remote.serve();
    cleanup.after(() => remote.stop('SIGKILL'));
    const proxy = await CountingProxy.listen(remote.port);
    cleanup.after(() => proxy.close());
    source.reachRemoteBy(proxy.port);
    return new Site(directory, source, remote, proxy, await Engine.load(cleanEnvironment(source.home)));
  }

  private constructor(directory: string, source: SourceAgent, remote: RemoteAgent, proxy: CountingProxy, engine: Engine) {
    this.#directory = directory;
    this.source = source;
    this.remote = remote;
    this.proxy = proxy;
    this.engine = engine;
  }

  async plot(): Promise<Plot> {
    await this.#makeReady();
    const block = `b${++this.#plots}`;
    const scratch = join(this.#directory, block);
    const tree = join(scratch, 'tree');
    mkdirSync(tree, { recursive: true });
    await this.engine.add(block, tree, `pi:${block}`);
    // The sequences are of disasters, and are not to be stopped by a guard against them.
    for (const [key, value] of Object.entries({ guard_percent: 100, guard_entries: 1_000_000 })) {
      this.source.configure(`blocks.${block}`, key, value);
    }
    const { root } = this.remote;
    return { block, tree, mirror: join(root, block), area: join(root, '.btsoot', 'blocks', block), scratch };
  }

  clear(plot: Plot): void {
    this.engine.forget(plot.block);
    const state = join(this.source.home, 'state', 'blocks', plot.block);
    for (const folder of [plot.scratch, plot.mirror, plot.area, state]) rmSync(folder, { recursive: true, force: true });
    this.source.forget(`blocks.${plot.block}`);
  }

  async restartRemote(signal: NodeJS.Signals): Promise<void> {
    await this.remote.stop(signal);
    await this.remote.serve();
  }

  /** Whatever a sequence that failed has left. */
  async #makeReady(): Promise<void> {
    this.proxy.cutAt(Number.POSITIVE_INFINITY);
    this.proxy.release();
    if (!this.remote.isServing) await this.remote.serve();
  }
}
