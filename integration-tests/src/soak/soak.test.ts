import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { Cleanup } from '../harness/cleanup.js';
import { withQuickRetries } from '../harness/programs.js';
import type { Topology } from './layout.js';
import { leaksIn } from './leaks.js';
import { soak } from './soak.js';

test('agents that run as services under changes, cuts and restarts mirror everything, and pile nothing up', (t) =>
  soakShortly(t, 'pair', 0.25, 2));

test('one folder to three remotes: one that is out of reach holds up nobody, and has everything in the end', (t) =>
  soakShortly(t, 'fan-out', 0.05, 1));

test('four sources to one remote: none starves, one writes to a block at a time, and none reaches what is not its own', (t) =>
  soakShortly(t, 'fan-in', 0.05, 1));

async function soakShortly(t: TestContext, topology: Topology, minutes: number, points: number): Promise<void> {
  const say = (line: string): void => t.diagnostic(line);
  const soaked = await soak(Cleanup.within(t), topology, { minutes, points, seed: 7, environment: withQuickRetries, say });
  assert.deepEqual(leaksIn(soaked.samples), []);
}
