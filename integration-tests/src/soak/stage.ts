import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Cleanup } from '../harness/cleanup.js';
import { CountingProxy } from '../harness/counting-proxy.js';
import { here } from '../harness/place.js';
import { freePort } from '../harness/ports.js';
import { assertBuilt, withCollecting } from '../harness/programs.js';
import type { Random } from '../harness/random.js';
import { plantFirst } from '../harness/random-edits.js';
import { RemoteAgent } from '../harness/remote-agent.js';
import type { Running } from '../harness/running.js';
import { SourceAgent } from '../harness/source-agent.js';
import { temporaryDirectory } from '../harness/world.js';

/** An agent that runs as a service, and may be stopped and started. */
export interface Service {
  readonly name: string;
  readonly metricsPort: number;
  readonly pid: () => number;
  start(): Promise<void>;
  stop(signal: NodeJS.Signals): Promise<void>;
}

export interface Block {
  readonly name: string;
  readonly tree: string;
  readonly mirror: string;
}

/** A source agent that watches three blocks and two remotes behind proxies; one source goes to both. */
export interface Stage {
  readonly directory: string;
  readonly source: SourceAgent;
  /** The source's first. */
  readonly services: readonly Service[];
  readonly proxies: readonly CountingProxy[];
  readonly blocks: readonly Block[];
  readonly trees: readonly string[];
}

const REMOTES = ['pi', 'attic'] as const;
const BLOCKS = [
  { name: 'photos', tree: 'photos', remote: 'pi' },
  { name: 'photos-too', tree: 'photos', remote: 'attic' },
  { name: 'music', tree: 'music', remote: 'pi' },
] as const;

/** What is random here are the disasters: none is to be stopped by a guard against them. */
const SETTINGS = { watch: 'true', settle: '"1 s"', guard_percent: '100', guard_entries: '1000000' };

export async function openStage(cleanup: Cleanup, random: Random): Promise<Stage> {
  assertBuilt();
  const directory = temporaryDirectory(cleanup);
  const trees = ['photos', 'music'].map((name) => join(directory, 'nas', name));
  for (const tree of trees) {
    mkdirSync(tree, { recursive: true });
    plantFirst({ tree, random, past: [] });
  }
  const source = new SourceAgent(join(directory, 'nas-home'), undefined, here, withCollecting);
  const proxies: CountingProxy[] = [];
  const services: Service[] = [];
  for (const name of REMOTES) {
    const remote = await RemoteAgent.init(
      join(directory, name),
      join(directory, `${name}-home`),
      here,
      undefined,
      withCollecting,
    );
    cleanup.after(() => remote.stop('SIGKILL'));
    const metricsPort = await freePort();
    await source.pair(await remote.pair(), 'nas', name);
    setMetrics(remote, metricsPort);
    await remote.serve();
    const proxy = await CountingProxy.listen(remote.port);
    cleanup.after(() => proxy.close());
    source.reachRemoteBy(proxy.port, name);
    proxies.push(proxy);
    services.push(remoteService(name, remote, metricsPort));
  }
  for (const { name, tree, remote } of BLOCKS) {
    await source.mustRun('add', name, join(directory, 'nas', tree), `${remote}:${name}`);
    for (const [key, value] of Object.entries(SETTINGS)) source.configureRaw(`blocks.${name}`, key, value);
  }
  const blocks = BLOCKS.map(({ name, tree, remote }) => {
    return { name, tree: join(directory, 'nas', tree), mirror: join(directory, remote, name) };
  });
  return { directory, source, proxies, blocks, trees, services: [await sourceService(cleanup, source), ...services] };
}

function setMetrics({ root }: RemoteAgent, port: number): void {
  const path = join(root, '.btsoot', 'remote.json');
  writeFileSync(path, JSON.stringify({ ...JSON.parse(readFileSync(path, 'utf8')), metrics: `127.0.0.1:${port}` }));
}

function remoteService(name: string, remote: RemoteAgent, metricsPort: number): Service {
  return {
    name,
    metricsPort,
    pid: () => remote.pid,
    start: () => remote.serve(),
    stop: async (signal) => void (await remote.stop(signal)),
  };
}

async function sourceService(cleanup: Cleanup, source: SourceAgent): Promise<Service> {
  const metricsPort = await freePort();
  appendFileSync(source.configFile, `\n[agent]\nmetrics = "127.0.0.1:${metricsPort}"\n`);
  let agent: Running | null = null;
  cleanup.after(async () => agent?.stop('SIGKILL'));
  const service: Service = {
    name: 'nas',
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
  await service.start();
  return service;
}
