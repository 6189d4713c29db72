import { setTimeout as pause } from 'node:timers/promises';
import { memoryBytes } from '../harness/memory.js';
import { type OpenFiles, openFiles } from '../harness/open-files.js';
import { Metrics } from '../harness/prometheus.js';
import type { Service } from './service.js';
import type { Stage } from './stage.js';

/** What an agent takes while nothing goes on. */
export interface Sample extends OpenFiles {
  readonly service: string;
  readonly pid: number;
  readonly atMs: number;
  readonly memoryBytes: number;
  readonly heapBytes: number;
}

const LOOK_EVERY_MS = 250;
const QUIET_LOOKS = 4;
const QUIET_MAX_MS = 60_000;

/** Waits until no run and no session goes on and what is open has stopped to change, and says what each agent takes then. */
export async function sampleInQuiet(stage: Stage, nowMs: () => number): Promise<Sample[]> {
  const deadlineMs = performance.now() + QUIET_MAX_MS;
  let last = '';
  for (let same = 0; ; ) {
    if (performance.now() > deadlineMs) throw new Error(`the agents do not come to rest: ${last}`);
    await pause(LOOK_EVERY_MS);
    // Before the agents are asked: the connection of a question is open for a moment longer than its answer takes.
    const open = stage.services.map((service) => openFiles(service.pid()));
    const isQuiet = (await goingOn(stage)) === 0;
    const now = JSON.stringify(open);
    same = isQuiet && now === last ? same + 1 : 0;
    last = now;
    if (same < QUIET_LOOKS) continue;
    return await Promise.all(stage.services.map((service, index) => sampleOf(service, open[index] as OpenFiles, nowMs())));
  }
}

async function goingOn({ services }: Stage): Promise<number> {
  const pages = await Promise.all(services.map(({ metricsPort }) => Metrics.scrape(metricsPort)));
  const counts = pages.map((page, index) => {
    return services[index]?.side === 'source' ? page.sum('btsoot_run_active') : page.value('btsoot_remote_open_sessions');
  });
  return counts.reduce((sum, count) => sum + count, 0);
}

async function sampleOf(service: Service, open: OpenFiles, atMs: number): Promise<Sample> {
  const pid = service.pid();
  const metrics = await Metrics.scrape(service.metricsPort);
  const heapBytes = metrics.value('nodejs_heap_size_used_bytes');
  return { service: service.name, pid, atMs, memoryBytes: memoryBytes(pid), heapBytes, ...open };
}
