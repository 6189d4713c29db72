import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Cleanup } from '../harness/cleanup.js';
import { freePort } from '../harness/ports.js';
import type { RemoteAgent } from '../harness/remote-agent.js';
import type { Running } from '../harness/running.js';
import type { SourceAgent } from '../harness/source-agent.js';

/** An agent that runs as a service, and may be stopped and started. */
export interface Service {
  readonly name: string;
  readonly side: 'source' | 'remote';
  readonly metricsPort: number;
  readonly pid: () => number;
  start(): Promise<void>;
  stop(signal: NodeJS.Signals): Promise<void>;
}

/** So that old loads do not fill the disk, and history goes as well as it comes. */
const RETENTION = { keep_sessions_max: 20, min_age_days: 0 };

/** Not started yet. */
export async function remoteService(cleanup: Cleanup, name: string, remote: RemoteAgent): Promise<Service> {
  const metricsPort = await freePort();
  const path = join(remote.root, '.btsoot', 'remote.json');
  const config = JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>;
  writeFileSync(path, JSON.stringify({ ...config, metrics: `127.0.0.1:${metricsPort}`, retention: RETENTION }));
  cleanup.after(() => remote.stop('SIGKILL'));
  return {
    name,
    side: 'remote',
    metricsPort,
    pid: () => remote.pid,
    start: () => remote.serve(),
    stop: async (signal) => void (await remote.stop(signal)),
  };
}

/** Not started yet. */
export async function sourceService(cleanup: Cleanup, name: string, source: SourceAgent): Promise<Service> {
  const metricsPort = await freePort();
  appendFileSync(source.configFile, `\n[agent]\nmetrics = "127.0.0.1:${metricsPort}"\n`);
  let agent: Running | null = null;
  cleanup.after(async () => agent?.stop('SIGKILL'));
  return {
    name,
    side: 'source',
    metricsPort,
    pid: () => agent?.pid ?? 0,
    async start() {
      agent = source.start('agent');
      await agent.line(/^ready /);
    },
    async stop(signal) {
      const ended = await agent?.stop(signal);
      if (signal === 'SIGTERM' && ended?.status !== 0) throw new Error(`the agent did not stop well: ${ended?.stderr}`);
    },
  };
}
