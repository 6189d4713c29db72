import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Cleanup } from '../harness/cleanup.js';
import { CountingProxy } from '../harness/counting-proxy.js';
import { freePort } from '../harness/ports.js';
import { cleanEnvironment } from '../harness/programs.js';
import { Running } from '../harness/running.js';

/** An rsync daemon that takes files, behind a counting proxy of its own. */
export class RsyncDaemon {
  readonly #proxy: CountingProxy;
  readonly #root: string;

  static async start(cleanup: Cleanup, directory: string): Promise<RsyncDaemon> {
    const root = join(directory, 'rsync-root');
    mkdirSync(root);
    const port = await freePort();
    const configFile = join(directory, 'rsyncd.conf');
    const owner = process.geteuid?.() === 0 ? 'uid = 0\ngid = 0\n' : '';
    writeFileSync(configFile, `use chroot = no\n${owner}[mirror]\npath = ${root}\nread only = no\n`);
    const command = ['rsync', '--daemon', '--no-detach', `--port=${port}`, '--address=127.0.0.1', `--config=${configFile}`];
    const daemon = new Running(command, { env: cleanEnvironment(directory) });
    cleanup.after(() => daemon.stop());
    await listening(port, daemon);
    const proxy = await CountingProxy.listen(port);
    cleanup.after(() => proxy.close());
    return new RsyncDaemon(proxy, root);
  }

  private constructor(proxy: CountingProxy, root: string) {
    this.#proxy = proxy;
    this.#root = root;
  }

  /** Mirrors a tree into a folder of the daemon, as a person would. Returns the bytes that crossed, both ways. */
  async mirror(tree: string, folder: string): Promise<number> {
    mkdirSync(join(this.#root, folder), { recursive: true });
    this.#proxy.reset();
    const url = `rsync://127.0.0.1:${this.#proxy.port}/mirror/${folder}/`;
    const run = await new Running(['rsync', '-a', '--delete', `${tree}/`, url], { env: cleanEnvironment(this.#root) }).finished;
    if (run.status !== 0) throw new Error(`rsync failed with status ${run.status}: ${run.stderr}`);
    return this.#proxy.totalBytes();
  }

  mirrorOf(folder: string): string {
    return join(this.#root, folder);
  }
}

export function rsyncVersion(): string {
  return spawnSync('rsync', ['--version'], { encoding: 'utf8' }).stdout.split('\n')[0] ?? '';
}

/** rsync says nothing when it is ready, so its port is knocked at. */
async function listening(port: number, daemon: Running): Promise<void> {
  for (let tries = 0; tries < 100; tries += 1) {
    const socket = connect(port, '127.0.0.1');
    const open = await once(socket, 'connect').then(
      () => true,
      () => false,
    );
    socket.destroy();
    if (open) return;
    await sleep(50);
  }
  throw new Error(`the rsync daemon does not listen: ${daemon.describe()}`);
}
