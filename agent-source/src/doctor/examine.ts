import { lookAtManifest } from '@btsoot/shared/doctor/manifests.js';
import { Check, type Diagnosis } from '@btsoot/shared/model/diagnosis.js';
import { type Config, findRemote } from '../config.js';
import { namedBlocks } from '../context.js';
import { blockPaths, type Paths } from '../paths.js';
import type { Block } from '../sync-types.js';
import { findAgent } from '../trigger.js';
import { version } from '../version.js';
import { examineBlock } from './block.js';
import { examineConfig, examineMachine, HERE } from './machine.js';
import { examineRemote } from './remote.js';
import { judgeAgent } from './remote-rules.js';
import { judgeSharedTargets } from './targets.js';
import { judgeWatching, kernelLimit } from './watching.js';

export interface Examination {
  readonly paths: Paths;
  /** None: all. */
  readonly blocks: readonly string[];
  readonly thorough: boolean;
}

/**
 * Looks at a whole setup and changes nothing in it: this machine, the blocks, and the remotes that they are mirrored to.
 * @throws UsageError for a block that there is not.
 */
export async function* examine({ paths, blocks: names, thorough }: Examination): AsyncGenerator<Diagnosis, void, undefined> {
  const { config, diagnoses } = await examineConfig(paths);
  const blocks = config === null ? [] : namedBlocks(config, names);
  yield* examineMachine(paths);
  yield* diagnoses;
  if (config === null) return;
  yield await examineAgent(paths, blocks);
  yield* judgeSharedTargets(config.blocks.values());
  yield* examineWatching(config, paths, blocks);
  for (const block of blocks) yield* await examineBlock(block, paths, thorough);
  for (const [remote, mirrored] of remotesOf(config, blocks, names.length === 0)) {
    const known = config.remotes.get(remote);
    if (known !== undefined) yield* examineRemote(known, { paths, blocks: mirrored, thorough });
    else yield unknownRemote(config, remote, mirrored);
  }
}

async function examineAgent(paths: Paths, blocks: readonly Block[]): Promise<Diagnosis> {
  const waiting = blocks.filter(({ watch, schedule }) => watch || schedule !== null).map(({ name }) => name);
  const client = await findAgent(paths);
  try {
    return judgeAgent(HERE, client === null ? null : await client.ping(), version, waiting);
  } catch (error) {
    return new Check('agent', HERE).failed(error, 'Restart the agent.');
  } finally {
    client?.close();
  }
}

/** The kernel counts for all blocks together. */
function examineWatching(config: Config, paths: Paths, examined: readonly Block[]): Diagnosis[] {
  if (!examined.some(({ watch }) => watch)) return [];
  const watched = [...config.blocks.values()].filter(({ watch }) => watch);
  const folders = watched.map(({ name }) => {
    const look = lookAtManifest(blockPaths(paths, name).sourceManifest, 'no');
    return look.kind === 'read' ? look.facts.folders : 0;
  });
  return judgeWatching({
    blocks: watched.length,
    folders: folders.reduce((sum, count) => sum + count, 0),
    watchesMax: kernelLimit('max_user_watches'),
    instancesMax: kernelLimit('max_user_instances'),
  });
}

/** In the order of their names, with the blocks that go there. Those without any are of interest where all is looked at. */
function remotesOf(config: Config, blocks: readonly Block[], all: boolean): Map<string, Block[]> {
  const found = new Map<string, Block[]>(all ? [...config.remotes.keys()].map((name) => [name, []]) : []);
  for (const block of blocks) {
    if (block.target.kind === 'remote') found.set(block.target.remote, [...(found.get(block.target.remote) ?? []), block]);
  }
  return new Map([...found].sort(([a], [b]) => (a < b ? -1 : 1)));
}

function unknownRemote(config: Config, remote: string, blocks: readonly Block[]): Diagnosis {
  const check = new Check('target', blocks.map(({ name }) => name).join(', '));
  try {
    findRemote(config, remote);
    return check.good(`${remote} is paired`);
  } catch (error) {
    return check.failed(error, `Pair it: \`btsoot pair CODE --name ${remote}\`.`);
  }
}
