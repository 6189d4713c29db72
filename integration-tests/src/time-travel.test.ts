import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { type TestContext, test } from 'node:test';
import { treeDifferences } from './harness/compare.js';
import { withSmallLimits } from './harness/programs.js';
import { type Random, seeded } from './harness/random.js';
import { editAtRandom, type Playground, plantFirst } from './harness/random-edits.js';
import type { JsonRun } from './harness/source-agent.js';
import { copyTree } from './harness/tree.js';
import { mustSucceed, pairedWorld, syncAndCheck, type World } from './harness/world.js';

/*
 * Random sessions, some of them cut off, and a naive copy of the tree after each: every session that is kept comes back as
 * the copy says, whole and path by path. TIME_TRAVEL_SESSIONS and TIME_TRAVEL_SEED make it long and other.
 */

const sessions = Number(process.env['TIME_TRAVEL_SESSIONS'] ?? 7);
const seed = Number(process.env['TIME_TRAVEL_SEED'] ?? 20_261_126);
const editsPerSessionMax = 9;
const singlePaths = 2;

interface State {
  readonly session: number;
  readonly copy: string;
}

/** Kills or cuts one side of a sync that is under way; it may be done by then. */
async function breakSync({ source, remote, proxy }: World, random: Random): Promise<string> {
  proxy.reset();
  const sync = source.start('sync', 'photos', '--retries', '0');
  const isUnderWay = proxy.reached(3_000 + random.below(400_000)).then(() => true);
  if (!(await Promise.race([isUnderWay, sync.finished.then(() => false)]))) return 'was done';
  const how = random.below(3);
  if (how === 0) proxy.cut();
  else if (how === 1) await sync.stop('SIGKILL');
  else {
    await remote.stop('SIGKILL');
    await remote.serve();
  }
  await sync.finished;
  return ['cut', 'source killed', 'remote killed'][how] ?? '';
}

async function runSessions(t: TestContext, world: World, random: Random): Promise<State[]> {
  const states: State[] = [];
  const playground = (): Playground => ({ tree: world.tree, random, past: states.map(({ copy }) => copy) });
  for (let round = 0; round < sessions; round++) {
    const done: string[] = [];
    if (round > 0) {
      for (let count = 1 + random.below(editsPerSessionMax); count > 0; count--) done.push(editAtRandom(playground()));
      if (random.below(3) === 0) {
        done.push(await breakSync(world, random));
        if (random.below(2) === 0) done.push(editAtRandom(playground()));
      }
    }
    const { outcome } = await syncAndCheck(world);
    t.diagnostic(`session ${outcome.session}: ${done.join(', ')}`);
    if (outcome.session === 0) continue;
    const copy = join(world.directory, `state ${outcome.session}`);
    copyTree(world.tree, copy);
    states.push({ session: outcome.session, copy });
  }
  return states;
}

/** The whole state, and some paths of it. */
async function requireRestored(world: World, random: Random, { session, copy }: State): Promise<void> {
  const to = join(world.directory, 'restored');
  const restore = async (...paths: string[]) =>
    mustSucceed(await world.source.json('restore', 'photos', ...paths, '--to', to, '--at', String(session)));
  await restore();
  assert.deepEqual(treeDifferences(copy, to), [], `session ${session}`);
  rmSync(to, { recursive: true });

  const all = readdirSync(copy, { recursive: true, encoding: 'utf8' }).sort();
  for (const path of random.shuffled(all).slice(0, singlePaths)) {
    await restore(path);
    mkdirSync(join(world.directory, 'single'));
    copyOnly(copy, path, join(world.directory, 'single'));
    const differences = treeDifferences(join(world.directory, 'single'), to, { roots: false });
    assert.deepEqual(ofThePath(differences, path), [], `${path} of session ${session}`);
    for (const place of [to, join(world.directory, 'single')]) rmSync(place, { recursive: true });
  }
}

/** After retention ran, the kept sessions come back as before, and the others are said to be gone. */
async function requireLetGo(world: World, random: Random, states: readonly State[]): Promise<void> {
  const kept = states.slice(-1 - random.below(Math.ceil(states.length / 2)));
  const first = kept[0]?.session ?? 0;
  const { sessions } = historyOf(await world.source.json('history', 'photos'));
  const keepSessions = sessions.filter(({ number }) => number >= first).length;
  await world.remote.stop();
  await world.remote.mustRun('prune', '--root', world.remote.root, '--keep-sessions', String(keepSessions));
  await world.remote.serve();
  for (const state of kept) await requireRestored(world, random, state);
  const gone = states.filter(({ session }) => session < first).at(-1);
  if (gone === undefined) return;
  const to = join(world.directory, 'gone');
  const run = await world.source.json('restore', 'photos', '--to', to, '--at', String(gone.session));
  assert.equal(run.status, 1, run.output);
  assert.match(run.output, new RegExp(`session ${gone.session} was let go`));
}

function historyOf(run: JsonRun): { readonly sessions: readonly { readonly number: number }[] } {
  const found = run.events.find(({ kind }) => kind === 'history');
  assert.ok(found !== undefined, run.output);
  return found as unknown as ReturnType<typeof historyOf>;
}

function copyOnly(from: string, path: string, to: string): void {
  mkdirSync(join(to, path, '..'), { recursive: true });
  copyTree(join(from, path), join(to, path));
}

/** What is restored alone leaves the folders above it as they are. */
function ofThePath(differences: readonly string[], path: string): string[] {
  return differences.filter((line) => {
    const where = JSON.parse(line.slice(0, line.indexOf('": ') + 1)) as string;
    return !(relative(where, path) !== '' && !relative(where, path).startsWith('..')) || !/mode|modified|owner/.test(line);
  });
}

test(`every session that is kept comes back exactly (seed ${seed}, ${sessions} sessions)`, async (t) => {
  const random = seeded(seed);
  const world = await pairedWorld(t, {
    plant: (tree) => plantFirst({ tree, random, past: [] }),
    environment: withSmallLimits,
  });
  world.source.configure('blocks.photos', 'guard_percent', 100);
  const states = await runSessions(t, world, random);
  for (const state of states) await requireRestored(world, random, state);
  await requireLetGo(world, random, states);
  const slots = readdirSync(join(world.remote.root, '.btsoot/blocks/photos/history'));
  const undos = slots.filter((name) => name.endsWith('.undo'));
  t.diagnostic(`${states.length} sessions came back, from ${slots.length} old versions, ${undos.length} of them undo files`);
});
