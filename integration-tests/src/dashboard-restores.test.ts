import assert from 'node:assert/strict';
import { appendFileSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { Cleanup } from './harness/cleanup.js';
import { freePort } from './harness/ports.js';
import type { Running } from './harness/running.js';
import { SourceAgent } from './harness/source-agent.js';
import { dir, file, plant } from './harness/tree.js';
import { mustSucceed, temporaryDirectory } from './harness/world.js';

interface Restore {
  readonly stage: string;
  readonly plan: { readonly digest: string; readonly lines: readonly string[] } | null;
  readonly error: { readonly message: string } | null;
}

interface DashboardWorld {
  readonly directory: string;
  readonly tree: string;
  readonly source: SourceAgent;
  readonly agent: Running;
  get<T>(what: string): Promise<T>;
  post(what: string, value?: object): Promise<{ status: number; value: unknown }>;
  /** Waits while a restore of the block works. */
  rested(): Promise<Restore>;
  /** Waits until the agent has taken up other settings of the block. */
  knows(settings: { readonly source?: string; readonly target?: string }): Promise<void>;
}

const ODD = Buffer.from([0x61, 0xff, 0x3c, 0x62, 0x3e]);

/** A block `photos` on the disk `one`, synced once, and an agent with a dashboard. */
async function dashboardWorld(t: TestContext): Promise<DashboardWorld> {
  const directory = temporaryDirectory(t);
  const tree = join(directory, 'photos');
  for (const path of [tree, join(directory, 'one'), join(directory, 'two')]) mkdirSync(path);
  plant(tree, file('note', 'first words'), dir('2019', [file(ODD, 'odd')]));
  const source = new SourceAgent(join(directory, 'home'));
  await source.mustRun('add', 'photos', tree, join(directory, 'one', 'photos'));
  mustSucceed(await source.json('sync', 'photos'));
  const port = await freePort();
  appendFileSync(source.configFile, `\n[agent]\ndashboard = "127.0.0.1:${port}"\n`);
  const agent = source.start('agent');
  Cleanup.within(t).after(async () => void (await agent.stop('SIGKILL')));
  await agent.line(/^ready /);
  const url = `http://127.0.0.1:${port}`;
  const at = (what: string): string => `${url}/api/blocks/photos/${what}`;
  const get: DashboardWorld['get'] = async (what) => (await fetch(at(what))).json() as never;
  const post: DashboardWorld['post'] = async (what, value = {}) => {
    const headers = { Origin: url, 'Content-Type': 'application/json' };
    const answer = await fetch(at(what), { method: 'POST', headers, body: JSON.stringify(value) });
    return { status: answer.status, value: await answer.json() };
  };
  const rested = async (): Promise<Restore> => {
    for (;;) {
      const restore = await get<Restore>('restore');
      if (restore.stage !== 'planning' && restore.stage !== 'restoring') return restore;
      await setTimeout(20);
    }
  };
  const knows: DashboardWorld['knows'] = async (settings) => {
    for (;;) {
      const { blocks } = (await (await fetch(`${url}/api/overview`)).json()) as { blocks: object[] };
      const known = { ...blocks[0], ...settings };
      if (isDeepStrictEqual(known, blocks[0])) return;
      await setTimeout(20);
    }
  };
  return { directory, tree, source, agent, get, post, rested, knows };
}

const ALL = { session: 0, path: '', to: null };

interface Folder {
  readonly entries: readonly { readonly name: string; readonly path: string }[];
}

const namesOf = ({ entries }: Folder): string[] => entries.map(({ name }) => name);

test('what is browsed is given back, whatever its name is, once its plan was confirmed', async (t) => {
  const { directory, tree, get, post, rested } = await dashboardWorld(t);
  const top = await get<Folder>('folder?session=1');
  assert.deepEqual(namesOf(top), ['2019', 'note']);
  const below = await get<Folder>(`folder?session=1&path=${top.entries[0]?.path}`);
  assert.deepEqual(namesOf(below), ['a\\xff<b>']);
  rmSync(join(tree, '2019'), { recursive: true });
  const to = join(directory, 'elsewhere');
  assert.equal((await post('restore', { ...ALL, path: below.entries[0]?.path, to })).status, 202);
  const { stage, plan } = await rested();
  assert.equal(stage, 'planned');
  assert.equal(existsSync(to), false);
  assert.equal((await post('restore/confirm', { plan: '0123456789abcdef' })).status, 409);
  assert.equal((await post('restore/confirm', { plan: plan?.digest })).status, 202);
  assert.equal((await rested()).stage, 'done');
  assert.equal(readFileSync(Buffer.concat([Buffer.from(`${to}/2019/`), ODD]), 'utf8'), 'odd');
});

test('a mirror is no folder to restore to', async (t) => {
  const { directory, post, rested } = await dashboardWorld(t);
  await post('restore', { ...ALL, to: join(directory, 'none/../one/photos') });
  const { stage, error } = await rested();
  assert.equal(stage, 'failed');
  assert.match(error?.message ?? '', /belongs to a remote/);
});

test('a plan is not done where the block has become another one meanwhile', async (t) => {
  const { directory, tree, source, post, rested, knows } = await dashboardWorld(t);
  rmSync(join(tree, 'note'));
  await post('restore', ALL);
  const { plan } = await rested();
  const other = join(directory, 'other');
  mkdirSync(other);
  plant(other, dir('2019', [file(ODD, 'odd')]));
  source.configure('blocks.photos', 'source', other);
  await knows({ source: other });
  assert.equal((await post('restore/confirm', { plan: plan?.digest })).status, 409);
  assert.equal((await rested()).stage, 'planned');
  assert.equal(existsSync(join(other, 'note')), false);
});

test('what was listed of one remote is not shown of the next', async (t) => {
  const { directory, tree, source, get, knows } = await dashboardWorld(t);
  assert.deepEqual(namesOf(await get<Folder>('folder?session=1')), ['2019', 'note']);
  assert.equal((await get<{ sessions: object[] }>('history')).sessions.length, 1);
  const target = join(directory, 'two', 'photos');
  await source.mustRun('add', 'photos', tree, target);
  await knows({ target });
  assert.equal((await get<{ error: { kind: string } }>('folder?session=1')).error?.kind, 'not-found');
  assert.deepEqual((await get<{ sessions: object[] }>('history')).sessions, []);
});

test('another disk in the place of the first one is asked anew', async (t) => {
  const { directory, get } = await dashboardWorld(t);
  const [one, two, tree] = ['one', 'two', 'other'].map((name) => join(directory, name)) as [string, string, string];
  mkdirSync(tree);
  plant(tree, dir('2019', [file('of another', 'x')]));
  const stranger = new SourceAgent(join(directory, 'other-home'));
  await stranger.mustRun('add', 'photos', tree, join(two, 'photos'));
  mustSucceed(await stranger.json('sync', 'photos'));
  const { entries } = await get<Folder>('folder?session=1');
  assert.equal((await get<Folder>(`folder?session=1&path=${entries[0]?.path}`)).entries.length, 1);
  renameSync(one, join(directory, 'in a drawer'));
  renameSync(two, one);
  assert.deepEqual(namesOf(await get<Folder>('folder?session=0')), ['2019']);
  assert.deepEqual(namesOf(await get<Folder>('folder?session=1')), ['2019']);
  assert.deepEqual(namesOf(await get<Folder>(`folder?session=1&path=${entries[0]?.path}`)), ['of another']);
});

test('the way in is by an address that a browser can go to', async (t) => {
  const { source } = await dashboardWorld(t);
  assert.match((await source.mustRun('dashboard')).stdout, /^http:\/\/127\.0\.0\.1:\d+\/#token=[\w-]{43}\n$/);
  for (const all of ['0.0.0.0', '[::]']) {
    source.configure('agent', 'dashboard', `${all}:7714`);
    const { stdout } = await source.mustRun('dashboard');
    assert.equal(stdout.split('#')[0], `http://${hostname()}:7714/`);
  }
});
