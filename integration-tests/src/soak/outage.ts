import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Random } from '../harness/random.js';
import type { Notes } from './notes.js';
import { runsOf } from './runs.js';
import { type Block, proxyOf, type Stage, serviceOf } from './stage.js';

/**
 * - `killed`: its agent is killed, and nobody listens there
 * - `severed`: all connections are broken, and all new ones
 * - `held`: connections stand, and nothing comes through
 */
export type Outage = 'killed' | 'severed' | 'held';

/** Changes that each of the others must have before the outage is over. */
const ROUNDS = 3;
const LOOK_EVERY_MS = 100;
const ROUND_MAX_MS = 60_000;
let pulses = 0;

/** One remote is out of reach: the others get each change all the same, and it is not asked over and over. */
export async function outage(stage: Stage, kind: Outage, random: Random, notes: Notes): Promise<void> {
  const block = stage.blocks[random.below(stage.blocks.length)] as Block;
  const others = stage.blocks.filter((one) => one.tree === block.tree && one.remote !== block.remote);
  const before = await runsOf(stage);
  await begin(stage, block, kind);
  for (let round = 0; round < ROUNDS; round++) await pulse(block.tree, others);
  const after = await runsOf(stage);
  assert.notEqual(pulseIn(block.mirror), pulseIn(block.tree), `${block.remote} was out of reach, and has what came meanwhile`);
  await end(stage, block, kind);
  const grown = (one: Block, what: 'good' | 'failed'): number => {
    const index = stage.blocks.indexOf(one);
    return (after[index]?.[what] ?? 0) - (before[index]?.[what] ?? 0);
  };
  const good = others.map((one) => grown(one, 'good'));
  for (const [index, count] of good.entries())
    assert.ok(count >= ROUNDS - 1, `${others[index]?.name} had ${count} good runs while ${block.remote} was ${kind}`);
  const failed = grown(block, 'failed');
  assert.ok(failed <= Math.min(...good), `${block.name} was tried ${failed} times in vain while the others ran ${good} times`);
  notes.count(`${kind} while others went on`);
}

async function begin(stage: Stage, block: Block, kind: Outage): Promise<void> {
  switch (kind) {
    case 'killed':
      return await serviceOf(stage, block.remote).stop('SIGKILL');
    case 'severed':
      return proxyOf(stage, block).sever();
    case 'held':
      return proxyOf(stage, block).hold();
    default:
      kind satisfies never;
  }
}

async function end(stage: Stage, block: Block, kind: Outage): Promise<void> {
  switch (kind) {
    case 'killed':
      return await serviceOf(stage, block.remote).start();
    case 'severed':
      return proxyOf(stage, block).mend();
    case 'held':
      return proxyOf(stage, block).release();
    default:
      kind satisfies never;
  }
}

/** Changes the tree, and waits until the change is in all of these mirrors. */
async function pulse(tree: string, blocks: readonly Block[]): Promise<void> {
  writeFileSync(join(tree, 'pulse'), String(++pulses));
  const deadlineMs = performance.now() + ROUND_MAX_MS;
  for (const { name, mirror } of blocks) {
    while (pulseIn(mirror) !== String(pulses)) {
      assert.ok(performance.now() < deadlineMs, `${name} is held up by another block's remote`);
      await pause(LOOK_EVERY_MS);
    }
  }
}

function pulseIn(folder: string): string | null {
  const path = join(folder, 'pulse');
  return existsSync(path) ? readFileSync(path, 'latin1') : null;
}
