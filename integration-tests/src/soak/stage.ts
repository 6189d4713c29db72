import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Cleanup } from '../harness/cleanup.js';
import { CountingProxy } from '../harness/counting-proxy.js';
import { here } from '../harness/place.js';
import { assertBuilt, type Environment } from '../harness/programs.js';
import type { Random } from '../harness/random.js';
import { plantFirst } from '../harness/random-edits.js';
import { RemoteAgent } from '../harness/remote-agent.js';
import { SourceAgent } from '../harness/source-agent.js';
import { Trunk } from '../harness/trunk.js';
import { temporaryDirectory } from '../harness/world.js';
import type { BlockPlan, Layout } from './layout.js';
import { remoteService, type Service, sourceService } from './service.js';

export interface Block extends BlockPlan {
  /** What is mirrored, and its mirror: absolute. */
  readonly tree: string;
  readonly mirror: string;
  /** Below the remote's root. */
  readonly folder: string;
}

/** How a source reaches a remote. */
export interface Link {
  readonly source: string;
  readonly remote: string;
  readonly proxy: CountingProxy;
}

/** Source agents that watch their blocks, and remotes, each link between two of them behind a proxy. */
export interface Stage {
  readonly directory: string;
  readonly sources: ReadonlyMap<string, SourceAgent>;
  readonly remotes: ReadonlyMap<string, RemoteAgent>;
  readonly services: readonly Service[];
  readonly links: readonly Link[];
  /** All links go through it. */
  readonly trunk: Trunk;
  readonly blocks: readonly Block[];
  readonly trees: readonly string[];
}

/** What is random here are the disasters: none is to be stopped by a guard against them. */
const SETTINGS = { watch: 'true', settle: '"1 s"', schedule: '"* * * * *"', guard_percent: '100', guard_entries: '1000000' };

/** @param environment of all agents, beside a clean one */
export async function openStage(cleanup: Cleanup, random: Random, layout: Layout, environment: Environment): Promise<Stage> {
  assertBuilt();
  const directory = temporaryDirectory(cleanup);
  const blocks = layout.blocks.map((plan) => placed(directory, plan));
  const trees = [...new Set(blocks.map(({ tree }) => tree))];
  for (const tree of trees) {
    mkdirSync(tree, { recursive: true });
    plantFirst({ tree, random, past: [] });
  }
  const [sources, remotes] = [new Map<string, SourceAgent>(), new Map<string, RemoteAgent>()];
  const services: Service[] = [];
  for (const name of layout.remotes) {
    const remote = await RemoteAgent.init(join(directory, name), homeOf(directory, name), here, undefined, environment);
    services.push(await remoteService(cleanup, name, remote));
    remotes.set(name, remote);
  }
  const [links, trunk] = [[] as Link[], new Trunk()];
  for (const name of new Set(blocks.map(({ source }) => source))) {
    const source = new SourceAgent(homeOf(directory, name), undefined, here, environment);
    sources.set(name, source);
    for (const [remoteName, remote] of remotes) {
      const grants = layout.granted ? blocks.filter(({ source }) => source === name).map(({ folder }) => folder) : [];
      await source.pair(await remote.pair(...grants), name, remoteName);
      const proxy = await CountingProxy.listen(remote.port, { trunk });
      cleanup.after(() => proxy.close());
      source.reachRemoteBy(proxy.port, remoteName);
      links.push({ source: name, remote: remoteName, proxy });
    }
    services.push(await sourceService(cleanup, name, source));
  }
  const stage = { directory, sources, remotes, services, links, trunk, blocks, trees };
  for (const service of services.filter(({ side }) => side === 'remote')) await service.start();
  for (const block of blocks) await addBlock(stage, block);
  for (const service of services.filter(({ side }) => side === 'source')) await service.start();
  return stage;
}

async function addBlock(stage: Stage, { name, source, tree, remote, folder }: Block): Promise<void> {
  const agent = sourceOf(stage, source);
  await agent.mustRun('add', name, tree, `${remote}:${folder}`);
  for (const [key, value] of Object.entries(SETTINGS)) agent.configureRaw(`blocks.${name}`, key, value);
}

function placed(directory: string, plan: BlockPlan): Block {
  const folder = `${plan.source}-${plan.name}`;
  return { ...plan, folder, tree: join(homeOf(directory, plan.source), plan.tree), mirror: join(directory, plan.remote, folder) };
}

function homeOf(directory: string, name: string): string {
  return join(directory, `${name}-home`);
}

export function sourceOf({ sources }: Stage, name: string): SourceAgent {
  return found(sources.get(name), name);
}

export function serviceOf({ services }: Stage, name: string): Service {
  return found(
    services.find((service) => service.name === name),
    name,
  );
}

/** By which a block's source reaches its remote. */
export function proxyOf({ links }: Stage, block: Pick<Block, 'source' | 'remote'>): CountingProxy {
  const link = links.find(({ source, remote }) => source === block.source && remote === block.remote);
  return found(link, `${block.source} to ${block.remote}`).proxy;
}

function found<T>(item: T | undefined, what: string): T {
  if (item === undefined) throw new Error(`there is no ${what} on the stage`);
  return item;
}
