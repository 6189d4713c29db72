import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Cleanup, type Scope } from './cleanup.js';
import { treeDifferences } from './compare.js';
import { CountingProxy, type ProxyOptions } from './counting-proxy.js';
import { here, type Place } from './place.js';
import { plainUser } from './plain-user.js';
import { assertBuilt } from './programs.js';
import { RemoteAgent } from './remote-agent.js';
import { rsyncDifferences, rsyncMissing } from './rsync.js';
import { type JsonRun, type Outcome, SourceAgent } from './source-agent.js';

/** A directory of its own below the system's temporary one, gone when the scope ends. */
export function temporaryDirectory(scope: Scope): string {
  const directory = mkdtempSync(join(tmpdir(), 'btsoot-'));
  scope.after(async () => rmSync(directory, { recursive: true, force: true, maxRetries: 3 }));
  return directory;
}

/** Two agents that know each other. */
export interface Pair {
  readonly directory: string;
  /** What is mirrored. */
  readonly tree: string;
  /** Its mirror, below the remote's root. */
  readonly mirror: string;
  readonly source: SourceAgent;
  readonly remote: RemoteAgent;
}

export interface World extends Pair {
  /** Lies between the two. */
  readonly proxy: CountingProxy;
}

export interface PairOptions {
  /** More arguments for `btsoot add`. */
  readonly add?: readonly string[];
  /** `plain`: the source agent is no root, even where the tests are. See plain-user.ts for where that is possible. */
  readonly sourceUser?: 'own' | 'plain';
  readonly remoteUser?: 'own' | 'plain';
  /** A directory of the remote agent's own, such as a small disk. Default: one in the world's directory. */
  readonly remoteRoot?: string;
  /** Fills the tree before the block is added. */
  readonly plant?: (tree: string) => void;
  /** Of both agents, beside a clean one. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Where the source agent runs. Default: here, as the remote agent does. */
  readonly near?: Place;
  readonly far?: Place;
}

export type WorldOptions = PairOptions & ProxyOptions;

/**
 * Two agents that know each other: a paired remote called `pi` that serves, and a block called `photos` from an own
 * directory to `pi:photos`, with a counting proxy on the way. Nothing is synced yet.
 */
export async function pairedWorld(scope: Scope, options: WorldOptions = {}): Promise<World> {
  const cleanup = Cleanup.within(scope);
  const pair = await pairedAgents(cleanup, options);
  const proxy = await CountingProxy.listen(pair.remote.port, options);
  cleanup.after(() => proxy.close());
  pair.source.reachRemoteBy(proxy.port);
  return { ...pair, proxy };
}

/** As `pairedWorld`, but with nothing between the two. */
export async function pairedAgents(scope: Scope, options: PairOptions = {}): Promise<Pair> {
  assertBuilt();
  const cleanup = Cleanup.within(scope);
  const directory = temporaryDirectory(cleanup);
  chmodSync(directory, 0o711);
  const tree = join(directory, 'nas', 'photos');
  mkdirSync(tree, { recursive: true });
  options.plant?.(tree);
  const { environment } = options;
  const userOf = (user: 'own' | 'plain' | undefined) => (user === 'plain' ? plainUser.id : undefined);
  const root = options.remoteRoot ?? join(directory, 'pi');
  const [near, far] = [options.near ?? here, options.far ?? here];
  const remote = await RemoteAgent.init(root, join(directory, 'pi-home'), far, userOf(options.remoteUser), environment);
  const source = new SourceAgent(join(directory, 'nas-home'), userOf(options.sourceUser), near, environment);
  await source.pair(await remote.pair());
  await remote.serve();
  cleanup.after(() => remote.stop('SIGKILL'));
  await source.mustRun('add', 'photos', tree, 'pi:photos', ...(options.add ?? []));
  return { directory, tree, mirror: join(remote.root, 'photos'), source, remote };
}

/** The trees are equal for the comparer and, where it is installed, for rsync. */
export function assertMirrored(tree: string, mirror: string): void {
  assert.deepEqual(treeDifferences(tree, mirror), []);
  if (rsyncMissing === false) assert.deepEqual(rsyncDifferences(tree, mirror), []);
}

export interface Synced {
  readonly outcome: Outcome;
  /** What crossed the proxy, both ways, connection set-up included. */
  readonly wireBytes: number;
}

/** Syncs the block; it must succeed and leave equal trees. */
export async function syncAndCheck(world: World, ...args: readonly string[]): Promise<Synced> {
  const synced = await mustSync(world, ...args);
  assertMirrored(world.tree, world.mirror);
  return synced;
}

/** Syncs the block; it must succeed. */
export async function mustSync(world: World, ...args: readonly string[]): Promise<Synced> {
  world.proxy.reset();
  const run = await world.source.json('sync', 'photos', ...args);
  return { outcome: mustSucceed(run), wireBytes: world.proxy.totalBytes() };
}

export function mustSucceed(run: JsonRun): Outcome {
  assert.equal(run.status, 0, run.output);
  assert.ok(run.outcome !== undefined, `no outcome in ${run.output}`);
  return run.outcome;
}
