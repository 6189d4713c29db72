import { spawnSync } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import type { CountingProxy } from '../harness/counting-proxy.js';
import { cpuSeconds, cpuSecondsOfChildren, hasChildren } from '../harness/process-use.js';

/** What one run of somebody who mirrors took. */
export interface Effort {
  readonly seconds: number;
  /** TCP payload, both ways, connection set-up included. Null where no proxy counted. */
  readonly wireBytes: number | null;
  /** Of the program that ran for the person. */
  readonly nearCpuSeconds: number;
  /** Of the one that was running at the other end. */
  readonly farCpuSeconds: number;
}

/** Measures `work`, which starts programs here, has them talk to the process `farPid`, and waits for their end. */
export async function measured(farPid: number, proxy: CountingProxy | null, work: () => Promise<void>): Promise<Effort> {
  // What earlier work left to be written would be written now.
  spawnSync('sync');
  proxy?.reset();
  const [nearBefore, farBefore, startedMs] = [cpuSecondsOfChildren(), cpuSeconds(farPid), performance.now()];
  await work();
  const seconds = (performance.now() - startedMs) / 1_000;
  const wireBytes = proxy?.totalBytes() ?? null;
  // A daemon's own children count once they have ended, which is a moment after their peer.
  for (let tries = 0; tries < 100 && hasChildren(farPid); tries += 1) await sleep(20);
  return {
    seconds,
    wireBytes,
    nearCpuSeconds: cpuSecondsOfChildren() - nearBefore,
    farCpuSeconds: cpuSeconds(farPid) - farBefore,
  };
}
