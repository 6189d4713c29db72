import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import type { Cleanup } from './cleanup.js';
import type { Place } from './place.js';

/** False where a link can be shaped, else the reason: what `skip` of node:test takes. */
export const shapingMissing: string | false = reasonNotToShape();

/**
 * Two network namespaces joined by a cable of a given rate. Nothing of it has a name outside: the namespaces live as
 * long as the processes in them, and the two that hold them end when this process does, however it does.
 */
export class ShapedLink {
  readonly near: Place;
  readonly far: Place;

  static open(cleanup: Cleanup): ShapedLink {
    if (shapingMissing !== false) throw new Error(shapingMissing);
    const holders = [holdNamespace(), holdNamespace()] as const;
    cleanup.after(() => {
      for (const holder of holders) holder.kill('SIGKILL');
    });
    const [near, far] = [place(holders[0], '10.97.31.1'), place(holders[1], '10.97.31.2')];
    run(near, 'ip', 'link', 'add', device, 'type', 'veth', 'peer', 'name', device, 'netns', String(holders[1].pid));
    for (const end of [near, far]) {
      run(end, 'ip', 'address', 'add', `${end.host}/24`, 'dev', device);
      for (const name of ['lo', device]) run(end, 'ip', 'link', 'set', name, 'up');
    }
    return new ShapedLink(near, far);
  }

  private constructor(near: Place, far: Place) {
    this.near = near;
    this.far = far;
  }

  /** Both directions, from now on. Counts from zero. */
  shape(bitsPerSecond: number): void {
    for (const end of [this.near, this.far]) {
      this.#unshapeEnd(end);
      run(
        end,
        'tc',
        'qdisc',
        'add',
        'dev',
        device,
        'root',
        'tbf',
        'rate',
        `${bitsPerSecond}bit`,
        'burst',
        '64kb',
        'latency',
        '50ms',
      );
    }
  }

  /** What went from near to far since it was shaped, with all headers: the shaper's own count. */
  upBytes(): number {
    const [first] = JSON.parse(run(this.near, 'tc', '-s', '-j', 'qdisc', 'show', 'dev', device)) as { bytes: number }[];
    return first?.bytes ?? Number.NaN;
  }

  #unshapeEnd(end: Place): void {
    const shaped = run(end, 'tc', 'qdisc', 'show', 'dev', device).includes('tbf');
    if (shaped) run(end, 'tc', 'qdisc', 'del', 'dev', device, 'root');
  }
}

/** The same at both ends. */
const device = 'cable';

/** A process in a namespace of its own. It waits for the end of its input, which is the end of this process at the latest. */
function holdNamespace(): ChildProcess {
  const holder = spawn('unshare', ['--net', 'cat'], { stdio: ['pipe', 'ignore', 'inherit'] });
  const own = spawnSync('readlink', ['/proc/self/ns/net'], { encoding: 'utf8' }).stdout;
  for (let tries = 0; tries < 100; tries += 1) {
    const its = spawnSync('readlink', [`/proc/${holder.pid}/ns/net`], { encoding: 'utf8' }).stdout;
    if (its !== '' && its !== own) return holder;
  }
  holder.kill('SIGKILL');
  throw new Error('no network namespace could be made');
}

function place(holder: ChildProcess, host: string): Place {
  return { host, through: ['nsenter', `--net=/proc/${holder.pid}/ns/net`, '--'] };
}

function run(end: Place, ...command: readonly string[]): string {
  const [file = '', ...args] = [...end.through, ...command];
  const { status, stdout, stderr } = spawnSync(file, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${command.join(' ')} failed with status ${status}: ${stderr}`);
  return stdout;
}

function reasonNotToShape(): string | false {
  if (process.platform !== 'linux') return 'links are shaped with network namespaces, which only Linux has';
  if (process.geteuid?.() !== 0) return 'only root can make network namespaces and shape links';
  for (const [tool = '', ...args] of [
    ['ip', '-V'],
    ['tc', '-V'],
    ['nsenter', '-V'],
    ['unshare', '-V'],
  ]) {
    if (spawnSync(tool, args).status !== 0) return `${tool} is not installed (Debian: iproute2 and util-linux)`;
  }
  return false;
}
