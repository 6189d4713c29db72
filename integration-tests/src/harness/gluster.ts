import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Cleanup } from './cleanup.js';
import { diskKinds, MountedDisk } from './mounted-disk.js';

const volume = 'btsoot';
/** glusterd takes no loopback address; this one is the only machine's in a network of its own. */
const address = '10.77.0.1';
const bricks = [1, 2, 3] as const;
const deadlineMs = 120_000;

export type Brick = (typeof bricks)[number];

/** All that glusterd writes lies in `$1`. The shell is the first process there: with it all others end, and it waits for those that were killed. */
const daemon = `
set -e
mount --make-rprivate /
mkdir -p "$1/state" "$1/log/bricks" /var/lib/glusterd /var/log/glusterfs
mount --bind "$1/state" /var/lib/glusterd
mount --bind "$1/log" /var/log/glusterfs
mount -t tmpfs none /run
mkdir /run/gluster /run/btsoot-is-private
ip link set lo up
ip address add ${address}/32 dev lo
glusterd -N -p /run/glusterd.pid &
wait
`;

/**
 * A GlusterFS volume of three bricks, each of which holds everything, and a mount of it. The servers live in namespaces of their
 * own; who uses the mount does not.
 */
export class Gluster {
  /** Where the volume is mounted. */
  readonly path: string;
  readonly #directory: string;
  readonly #bricks: string;
  readonly #pid: number;
  readonly #mounts = new Map<string, number>();
  #mountings = 0;

  /**
   * Makes a volume and mounts it, until the cleanup.
   * @returns the volume, or why there is none here: what `skip` of node:test's context takes
   */
  static async make(cleanup: Cleanup, directory: string): Promise<Gluster | string> {
    const missing = whatIsMissing();
    if (missing !== null) return missing;
    const disk = MountedDisk.make(cleanup, directory, diskKinds.ext4);
    if (typeof disk === 'string') return disk;
    for (const brick of bricks) mkdirSync(join(disk.path, String(brick)));
    const options = ['--net', '--mount', '--uts', '--pid', '--fork', '--kill-child', '--mount-proc'];
    const server = spawn('unshare', [...options, 'sh', '-c', daemon, 'sh', join(directory, 'glusterd')], { stdio: 'ignore' });
    const kill = (): boolean => server.kill('SIGKILL');
    process.once('exit', kill);
    cleanup.after(async () => {
      const ended = new Promise((resolve) => server.once('exit', resolve));
      if (kill()) await ended;
    });
    const gluster = new Gluster(directory, disk.path, server.pid ?? 0);
    await gluster.#begin();
    cleanup.after(() => gluster.#unmountAll());
    return gluster;
  }

  private constructor(directory: string, bricksDirectory: string, pid: number) {
    this.path = join(directory, 'gluster');
    this.#directory = directory;
    this.#bricks = bricksDirectory;
    this.#pid = pid;
  }

  /** What a brick has of the volume, as plain files. */
  brick(brick: Brick): string {
    return join(this.#bricks, String(brick), 'files');
  }

  killBrick(brick: Brick): void {
    this.#mustRun('kill', '-KILL', String(this.#state(brick).pid));
  }

  /** Starts those bricks that do not run, and waits until all of them are there for the mount and for each other. */
  async startBricks(): Promise<void> {
    this.#gluster('volume', 'start', volume, 'force');
    await until('all bricks run', () => bricks.every((brick) => this.#state(brick).isOnline));
  }

  /** Waits until no brick has anything that another one lacks. */
  async healed(): Promise<void> {
    await until('the healing begins', () => this.#run('gluster', 'volume', 'heal', volume).status === 0);
    await until('all is healed', () => {
      const report = this.#gluster('volume', 'heal', volume, 'info');
      const left = [...report.matchAll(/^Number of entries: (.+)$/gm)].map(([, count]) => count);
      return left.length === bricks.length && left.every((count) => count === '0');
    });
  }

  /** How often a brick was asked to make a file durable, from the first call of this on. */
  fsyncs(brick: Brick): number {
    this.#run('gluster', 'volume', 'profile', volume, 'start');
    const report = this.#gluster('volume', 'profile', volume, 'info', 'cumulative');
    const own = report.split(/^Brick: /m).find((part) => part.startsWith(`${address}:${this.brick(brick)}`));
    return Number(/(\d+)\s+FSYNC$/m.exec(own ?? '')?.[1] ?? 0);
  }

  /** Mounts the volume there, as another machine would. */
  mount(path: string = this.path): void {
    mkdirSync(path, { recursive: true });
    const pidFile = join(this.#directory, `client-${++this.#mountings}.pid`);
    const log = join(this.#directory, 'client.log');
    const client = ['glusterfs', `--volfile-server=${address}`, `--volfile-id=${volume}`, '-l', log, '-p', pidFile, path];
    mustRun('nsenter', `--net=/proc/${this.#pid}/ns/net`, ...client);
    this.#mounts.set(path, Number(readFileSync(pidFile, 'utf8')));
  }

  /** The program behind a mount dies: what is mounted there answers no more. */
  killClient(path: string = this.path): void {
    process.kill(this.#mounts.get(path) ?? 0, 'SIGKILL');
  }

  /** Leaves an empty folder, whoever still has something open there. */
  unmount(path: string = this.path): void {
    mustRun('umount', '--lazy', path);
    this.#mounts.delete(path);
  }

  async #begin(): Promise<void> {
    // Before that, its commands would write into the machine's own folders.
    await until('its folders are private', () => existsSync(`/proc/${this.#pid}/root/run/btsoot-is-private`));
    await until('glusterd answers', () => this.#run('gluster', 'volume', 'list').status === 0);
    const places = bricks.map((brick) => `${address}:${this.brick(brick)}`);
    this.#gluster('volume', 'create', volume, 'replica', String(bricks.length), ...places, 'force');
    this.#gluster('volume', 'start', volume);
    await this.startBricks();
    this.mount();
  }

  #unmountAll(): void {
    for (const path of this.#mounts.keys()) spawnSync('umount', ['--lazy', path], { stdio: 'ignore' });
  }

  #state(brick: Brick): { readonly pid: number; readonly isOnline: boolean } {
    const report = this.#gluster('volume', 'status', volume, '--xml');
    const own = report.split('<node>').find((part) => part.includes(`<path>${this.brick(brick)}</path>`)) ?? '';
    const field = (name: string): number => Number(new RegExp(`<${name}>(-?\\d+)</${name}>`).exec(own)?.[1] ?? 0);
    return { pid: field('pid'), isOnline: field('status') === 1 };
  }

  #gluster(...args: readonly string[]): string {
    return this.#mustRun('gluster', '--mode=script', ...args);
  }

  #mustRun(...command: readonly string[]): string {
    return mustRun('nsenter', ...this.#namespaces(), ...command);
  }

  #run(...command: readonly string[]) {
    return spawnSync('nsenter', [...this.#namespaces(), ...command], { encoding: 'utf8' });
  }

  #namespaces(): string[] {
    const of = (name: string): string => `/proc/${this.#pid}/ns/${name}`;
    return [`--net=${of('net')}`, `--mount=${of('mnt')}`, `--uts=${of('uts')}`, `--pid=${of('pid_for_children')}`];
  }
}

function whatIsMissing(): string | null {
  if (process.geteuid?.() !== 0) return 'only root can serve and mount a volume';
  if (!works('glusterd', '--version')) return 'glusterd is not installed';
  if (!works('gluster', '--version')) return 'gluster is not installed';
  if (!works('ip', '-V')) return 'ip is not installed';
  if (!existsSync('/dev/fuse')) return 'there is no /dev/fuse';
  return works('unshare', '--net', '--mount', '--uts', '--pid', '--fork', 'true') ? null : 'there are no namespaces';
}

function works(command: string, ...args: readonly string[]): boolean {
  return spawnSync(command, args, { stdio: 'ignore' }).status === 0;
}

function mustRun(command: string, ...args: readonly string[]): string {
  const { status, stdout, stderr, error } = spawnSync(command, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')}: ${error?.message ?? `${stdout}${stderr}`}`);
  return stdout;
}

/** Its commands answer and return before what they began is done. */
async function until(what: string, isSo: () => boolean): Promise<void> {
  for (const deadline = Date.now() + deadlineMs; !isSo(); await pause(200))
    if (Date.now() > deadline) throw new Error(`not within ${deadlineMs} ms: ${what}`);
}
