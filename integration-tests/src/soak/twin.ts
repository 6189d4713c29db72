import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { cpSync, existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { here } from '../harness/place.js';
import { SourceAgent } from '../harness/source-agent.js';
import { assertMirrored } from '../harness/world.js';
import type { Notes } from './notes.js';
import { type Block, proxyOf, type Stage, serviceOf, sourceOf } from './stage.js';

/** How the agent that has the lease comes to its end: by itself, or killed. */
export type Holder = 'lives' | 'is killed';

const LOAD_BYTES = 4_000_000;
const HELD_AT_BYTES = 1_000_000;

/**
 * A copy of a source, its certificate and its state included, wants to sync the same block as the source does: it is told who has
 * the block, and has it when that one is done or dead.
 */
export async function twin(stage: Stage, block: Block, holder: Holder, notes: Notes): Promise<void> {
  const [original, copy, proxy] = [sourceOf(stage, block.source), await twinOf(stage, block), proxyOf(stage, block)];
  writeFileSync(join(block.tree, 'large'), randomBytes(LOAD_BYTES));
  proxy.reset();
  const sync = original.run('sync', block.name);
  await Promise.race([sync, proxy.reached(HELD_AT_BYTES)]);
  proxy.hold();
  const refused = await copy.json('sync', block.name, '--retries', '0');
  assert.equal(refused.status, 1, refused.output);
  assert.match(refused.output, new RegExp(`"kind":"busy".*is in use by the source \\\\"${block.source}\\\\" since`));
  notes.count('twins kept apart');
  if (holder === 'is killed') await serviceOf(stage, block.source).stop('SIGKILL');
  if (holder === 'is killed') proxy.cut();
  proxy.release();
  assert.equal((await sync).status === 0, holder === 'lives');
  const taken = await copy.json('sync', block.name);
  assert.equal(taken.status, 0, taken.output);
  assertMirrored(block.tree, block.mirror);
  if (holder === 'is killed') await serviceOf(stage, block.source).start();
  rmSync(join(block.tree, 'large'));
  notes.count(`leases taken over from one who ${holder}`);
}

/** Copied once, while no agent wrote to it, and behind the original ever after. Reaches the remote past the proxy. */
async function twinOf(stage: Stage, { source, remote }: Block): Promise<SourceAgent> {
  const home = join(stage.directory, `${source}-twin`);
  const isNew = !existsSync(home);
  const [original, service] = [sourceOf(stage, source), serviceOf(stage, source)];
  const copy = new SourceAgent(home, undefined, here, original.environment);
  if (!isNew) return copy;
  await service.stop('SIGTERM');
  for (const part of ['config', 'state']) cpSync(join(original.home, part), join(home, part), { recursive: true });
  await service.start();
  copy.reachRemoteBy(stage.remotes.get(remote)?.port ?? 0, remote);
  return copy;
}
