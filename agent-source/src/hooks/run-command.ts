import { spawn } from 'node:child_process';
import { BtsootError } from '@btsoot/shared/model/errors.js';
import { limits } from '@btsoot/shared/model/limits.js';
import { durationText } from '../duration.js';

export interface CommandRun {
  /** For `/bin/sh -c`. */
  readonly command: string;
  /** What its variables are beside those of this process. */
  readonly environment: Readonly<Record<string, string>>;
  /** After which it and all that it started are killed. */
  readonly limitMs: number;
  /** Asks it to end, and kills it after a while. */
  readonly signal: AbortSignal;
}

/**
 * Runs a command of the person's own, until it ends itself: what it leaves behind, such as a mount's server, is left alone, and
 * its output is not waited for longer than a moment.
 * @throws BtsootError of kind `io` where it fails, cannot be started or takes too long; of kind `cancelled` where it was
 * asked to end. The message has the end of what it printed.
 */
export function runCommand({ command, environment, limitMs, signal }: CommandRun): Promise<void> {
  const env = { ...process.env, ...environment };
  // A group of its own: what it started ends with it.
  const child = spawn('/bin/sh', ['-c', command], { env, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  let printed = Buffer.alloc(0);
  const keep = (chunk: Buffer): void => {
    printed = Buffer.concat([printed, chunk]).subarray(-limits.hookOutputTailMaxBytes);
  };
  // Where this process has no more descriptors, it has none of them, and the error comes afterwards.
  const outputs = [child.stdout, child.stderr].filter(Boolean);
  for (const output of outputs) output.on('data', keep);
  return new Promise((resolve, reject) => {
    let why: string | null = null;
    let ended: { readonly status: number | null; readonly killedBy: NodeJS.Signals | null } | null = null;
    let killing: NodeJS.Timeout | undefined;
    let leaving: NodeJS.Timeout | undefined;
    const leaveSoon = (): void => {
      leaving ??= setTimeout(() => settle(), limits.hookEndMaxMs);
    };
    const stop = (reason: string): void => {
      why ??= reason;
      killGroup(child.pid, 'SIGTERM');
      killing ??= setTimeout(() => {
        killGroup(child.pid, 'SIGKILL');
        leaveSoon();
      }, limits.hookEndMaxMs);
    };
    const onAbort = (): void => stop('was stopped');
    const timer = setTimeout(() => stop(`took longer than ${durationText(limitMs)}`), limitMs);
    signal.addEventListener('abort', onAbort, { once: true });
    if (signal.aborted) onAbort();
    const noLongerStopped = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
    };
    const settle = (notStarted?: Error): void => {
      noLongerStopped();
      for (const each of [killing, leaving]) clearTimeout(each);
      for (const output of outputs) output.destroy();
      const what = why ?? (notStarted === undefined ? howItEnded(ended) : `cannot be started (${notStarted.message})`);
      if (what === null) resolve();
      else reject(failed(what));
    };
    const failed = (what: string): BtsootError => {
      const tail = printed.toString('utf8').trim();
      const hint = 'Run it by hand in /bin/sh to see why. It is in the config file.';
      return new BtsootError(signal.aborted ? 'cancelled' : 'io', `\`${command}\` ${what}${tail === '' ? '' : `: ${tail}`}`, {
        hint,
      });
    };
    child.on('error', (error) => settle(error));
    child.on('exit', (status, killedBy) => {
      ended = { status, killedBy };
      if (why !== null) return;
      noLongerStopped();
      leaveSoon();
    });
    child.on('close', () => settle());
  });
}

/** Null: well. */
function howItEnded(ended: { readonly status: number | null; readonly killedBy: NodeJS.Signals | null } | null): string | null {
  if (ended?.status === 0) return null;
  const { status = null, killedBy = null } = ended ?? {};
  return killedBy === null ? `failed with status ${status}` : `was ended by ${killedBy}`;
}

function killGroup(pid: number | undefined, signal: NodeJS.Signals): void {
  try {
    if (pid !== undefined) process.kill(-pid, signal);
  } catch {
    // It has ended meanwhile.
  }
}
