import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Cleanup } from '../harness/cleanup.js';
import { CountingProxy } from '../harness/counting-proxy.js';
import { freePort } from '../harness/ports.js';
import { cleanEnvironment } from '../harness/programs.js';
import { Running } from '../harness/running.js';
import { type Effort, measured } from './effort.js';
import type { Route } from './route.js';

export interface RsyncOptions {
  /** `-z`, as one does on a slow link. */
  readonly compress: boolean;
}

/** An rsync daemon that takes files, at the far end of a route of its own. */
export class RsyncDaemon {
  readonly #options: RsyncOptions;
  readonly #route: Route;
  readonly #root: string;
  readonly #daemon: Running;
  readonly #address: string;
  readonly #proxy: CountingProxy | null;

  static async start(cleanup: Cleanup, directory: string, route: Route, options: RsyncOptions): Promise<RsyncDaemon> {
    const root = join(directory, 'rsync-root');
    mkdirSync(root);
    const port = await freePort();
    const configFile = join(directory, 'rsyncd.conf');
    const owner = process.geteuid?.() === 0 ? 'uid = 0\ngid = 0\n' : '';
    writeFileSync(configFile, `use chroot = no\nreverse lookup = no\n${owner}[mirror]\npath = ${root}\nread only = no\n`);
    const { host, through } = route.far;
    const command = ['rsync', '--daemon', '--no-detach', `--port=${port}`, `--address=${host}`, `--config=${configFile}`];
    const daemon = new Running([...through, ...command], { env: cleanEnvironment(directory) });
    cleanup.after(() => daemon.stop());
    const proxy = route.proxy === null ? null : await CountingProxy.listen(port, route.proxy);
    cleanup.after(() => proxy?.close());
    const rsync = new RsyncDaemon(options, route, root, daemon, `${host}:${proxy?.port ?? port}`, proxy);
    await rsync.#listening();
    return rsync;
  }

  private constructor(
    options: RsyncOptions,
    route: Route,
    root: string,
    daemon: Running,
    address: string,
    proxy: CountingProxy | null,
  ) {
    this.#options = options;
    this.#route = route;
    this.#root = root;
    this.#daemon = daemon;
    this.#address = address;
    this.#proxy = proxy;
  }

  /** Mirrors a tree into a folder of the daemon, as a person would. */
  async mirror(tree: string, folder: string): Promise<Effort> {
    mkdirSync(this.mirrorOf(folder), { recursive: true });
    const flags = this.#options.compress ? '-az' : '-a';
    return measured(this.#daemon.pid, this.#proxy, async () => {
      const run = await this.#start(flags, '--delete', `${tree}/`, `rsync://${this.#address}/mirror/${folder}/`).finished;
      if (run.status !== 0) throw new Error(`rsync failed with status ${run.status}: ${run.stderr}`);
    });
  }

  mirrorOf(folder: string): string {
    return join(this.#root, folder);
  }

  /** The daemon says nothing when it is ready, so it is asked. */
  async #listening(): Promise<void> {
    for (let tries = 0; tries < 100; tries += 1) {
      const { status } = await this.#start(`rsync://${this.#address}/`).finished;
      if (status === 0) return;
      await sleep(50);
    }
    throw new Error(`the rsync daemon does not listen: ${this.#daemon.describe()}`);
  }

  #start(...args: readonly string[]): Running {
    return new Running([...this.#route.near.through, 'rsync', ...args], { env: cleanEnvironment(this.#root) });
  }
}

export function rsyncVersion(): string {
  return spawnSync('rsync', ['--version'], { encoding: 'utf8' }).stdout.split('\n')[0] ?? '';
}
