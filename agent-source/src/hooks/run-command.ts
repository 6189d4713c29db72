import { spawn } from 'node:child_process';
import { BtsootError } from '@btsoot/shared/model/errors.js';
import { limits } from '@btsoot/shared/model/limits.js';
import { durationText } from '../config-duration.js';

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
 * Runs a command of the person's own.
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
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  return new Promise((resolve, reject) => {
    let why: string | null = null;
    let killing: NodeJS.Timeout | undefined;
    const stop = (reason: string): void => {
      why ??= reason;
      killGroup(child.pid, 'SIGTERM');
      killing ??= setTimeout(() => killGroup(child.pid, 'SIGKILL'), limits.hookEndMaxMs);
    };
    const onAbort = (): void => stop('was stopped');
    const timer = setTimeout(() => stop(`took longer than ${durationText(limitMs)}`), limitMs);
    signal.addEventListener('abort', onAbort, { once: true });
    if (signal.aborted) onAbort();
    const settle = (error: BtsootError | null): void => {
      clearTimeout(timer);
      clearTimeout(killing);
      signal.removeEventListener('abort', onAbort);
      if (error === null) resolve();
      else reject(error);
    };
    const failed = (what: string): BtsootError => {
      const tail = printed.toString('utf8').trim();
      const hint = 'Run it by hand in /bin/sh to see why. It is in the config file.';
      return new BtsootError(signal.aborted ? 'cancelled' : 'io', `\`${command}\` ${what}${tail === '' ? '' : `: ${tail}`}`, {
        hint,
      });
    };
    child.on('error', (error) => settle(failed(`cannot be started (${error.message})`)));
    child.on('close', (status, killedBy) => {
      if (why !== null) settle(failed(why));
      else settle(status === 0 ? null : failed(killedBy === null ? `failed with status ${status}` : `was ended by ${killedBy}`));
    });
  });
}

function killGroup(pid: number | undefined, signal: NodeJS.Signals): void {
  try {
    if (pid !== undefined) process.kill(-pid, signal);
  } catch {
    // It has ended meanwhile.
  }
}
