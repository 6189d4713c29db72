import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import type { TreePath } from '@btsoot/shared/model/bytes.js';
import { type Content, contentKey } from '@btsoot/shared/model/entry.js';
import { Xxh3 } from '@btsoot/shared/model/xxh3.js';
import { ControlClient, RemoteClient } from '@btsoot/shared/wire/client.js';
import {
  openSessionToWire,
  readNewsFromWire,
  readWishToWire,
  type SessionNews,
  sessionNewsFromWire,
} from '@btsoot/shared/wire/convert.js';
import { Cleanup, type Scope } from '../harness/cleanup.js';
import { treeDifferences } from '../harness/compare.js';
import { rsyncDifferences, rsyncMissing } from '../harness/rsync.js';
import type { Outcome } from '../harness/source-agent.js';
import type { Disk, StandIn } from './disk.js';
import type { Lab } from './lab.js';
import { InodeMap, keep, rebuild } from './rebuild.js';
import { type Row, type Rows, readRows, sameRow } from './rows.js';

/** What must hold whatever happened. */
export interface Expected {
  /** The manifest's rows of the source, as the session leads to. */
  readonly final: Rows;
  /** What the remote's manifest said before the session. */
  readonly first: Rows;
  /** A session of before whose state must still be there. */
  readonly session: number;
}

type Opened = Extract<SessionNews, { kind: 'opened' }>;

/**
 * Two agents that outlive everything: each disk that a crash may have left is rebuilt for them under a name of its own, as a
 * block that they have never opened before.
 */
export class Survivors {
  readonly #lab: Lab;
  readonly #map: InodeMap;
  readonly #control: ControlClient;
  readonly #remote: RemoteClient;
  readonly #own: StandIn[] = [];
  #next = 1;

  private constructor(lab: Lab, map: InodeMap, control: ControlClient, remote: RemoteClient) {
    this.#lab = lab;
    this.#map = map;
    this.#control = control;
    this.#remote = remote;
  }

  /** @param disk the one whose source tree lies where it was recorded */
  static async start(scope: Scope, lab: Lab, disk: Disk): Promise<Survivors> {
    const cleanup = Cleanup.within(scope);
    const inodes = join(lab.directory, 'inodes');
    const map = new InodeMap(inodes);
    cleanup.after(() => map.close());
    lab.use({ inodes });
    await lab.remote.serve();
    cleanup.after(() => lab.remote.stop('SIGKILL'));
    const agent = lab.source.start('agent');
    cleanup.after(() => agent.stop('SIGKILL'));
    await agent.line(/\b(listening|ready|running)\b/i);
    const control = ControlClient.connect(join(lab.source.home, 'state', 'agent.sock'));
    cleanup.after(() => control.close());
    const pem = (name: string): string => readFileSync(join(lab.source.home, 'config/remotes/pi', name), 'utf8');
    const remote = RemoteClient.connect({
      kind: 'tls',
      host: '127.0.0.1',
      port: lab.remote.port,
      ca: pem('ca.pem'),
      certificate: pem('cert.pem'),
      key: pem('key.pem'),
    });
    cleanup.after(() => remote.close());
    const survivors = new Survivors(lab, map, control, remote);
    const tree = disk.find('nas/photos') ?? assert.fail('there is no source');
    keep(tree, lab.tree, survivors.#own);
    return survivors;
  }

  /** Lets both agents find this disk as a crash has left it, and holds what they make of it against what is expected. */
  async judge(disk: Disk, restarts: boolean, expected: Expected): Promise<void> {
    this.#lab.shim.boot(restarts ? 'second' : 'first');
    const name = `case-${this.#next++}`;
    const places = this.#rebuild(disk, name);
    try {
      const believed = readRows(join(places.peek, 'replica.db'));
      await this.#inSession(name, async (opened) => {
        const rows = readRows(join(places.area, 'manifest.db'));
        assertKept(believed, rows, expected);
        await this.#assertReadable(opened, [...expected.first.contents.values(), ...believed.contents.values()]);
      });
      const outcome = await this.#sync(name);
      assert.deepEqual(outcome.problems, [], 'problems of the sync that followed');
      assert.ok(outcome.kind === 'done' || outcome.kind === 'unchanged', `the sync that followed ended as ${outcome.kind}`);
      await this.#inSession(name, async (opened) => {
        assert.equal(opened.drifted, 0, 'entries that had drifted after that sync');
        assert.deepEqual(opened.partials, [], 'partials that were left');
        if (this.#isThorough) await this.#assertReadable(opened, [...expected.first.contents.values()]);
      });
      this.#assertEqual(places, expected);
      if (this.#isThorough) assert.equal((await this.#sync(name)).kind, 'unchanged', 'one more sync');
    } finally {
      for (const path of Object.values(places)) rmSync(path, { recursive: true, force: true });
    }
  }

  /** What takes long, and can hardly be wrong where the rest is right, is looked at now and then. */
  get #isThorough(): boolean {
    return this.#next % 8 === 0;
  }

  #rebuild(disk: Disk, name: string): Record<'tree' | 'area' | 'state' | 'peek', string> {
    const { watched, directory } = this.#lab;
    const places = {
      tree: join(watched, 'pi', name),
      area: join(watched, 'pi/.btsoot/blocks', name),
      state: join(watched, 'home/state/blocks', name),
      peek: join(directory, name),
    };
    const standIns = [...this.#own];
    const put = (from: string, to: string): void => {
      const node = disk.find(from);
      if (node === undefined) mkdirSync(to);
      else rebuild(node, to, standIns);
    };
    put('pi/photos', places.tree);
    put('pi/.btsoot/blocks/photos', places.area);
    put('home/state/blocks/photos', places.state);
    put('home/state/blocks/photos', places.peek);
    this.#map.set(standIns);
    this.#lab.nameBlock(name);
    return places;
  }

  /** Opens a session at the remote, which recovers what is to be recovered and checks its tree. */
  async #inSession(name: string, work: (opened: Opened) => Promise<void>): Promise<void> {
    for (;;) {
      const leave = new AbortController();
      const stream = this.#remote.openSession(openSessionToWire({ folder: name as TreePath, drift: 'quick' }), leave.signal);
      try {
        for await (const event of stream) {
          const news = sessionNewsFromWire(event);
          if (news.kind === 'opened') return await work(news);
        }
        throw new Error('the remote ended the session before it was open');
      } catch (error) {
        // The session before may still be ending.
        if ((error as { kind?: string }).kind !== 'busy') throw error;
        await setImmediate();
      } finally {
        leave.abort();
      }
    }
  }

  async #sync(name: string): Promise<Outcome> {
    for await (const event of this.#control.sync({ block: name, dryRun: false, acceptPlan: '' })) {
      const message = JSON.parse(event.json) as { kind: string; result?: Outcome; error?: { message: string } };
      if (message.kind === 'result' && message.result !== undefined) return message.result;
      if (message.kind === 'error') assert.fail(`the sync failed: ${message.error?.message}`);
    }
    throw new Error('the agent ended the sync without a result');
  }

  /** Each content comes from the remote as it should, from wherever it is held there. */
  async #assertReadable({ session }: Opened, contents: readonly Content[]): Promise<void> {
    const wanted = [...new Map(contents.map((one) => [contentKey(one), one])).values()].filter(({ sizeBytes }) => sizeBytes > 0);
    const wishes = wanted.map((content, index) => readWishToWire({ session: index === 0 ? session : null, content }));
    const replies = this.#remote.readContents(wishes);
    for (const content of wanted) {
      const hash = new Xxh3();
      for (let received = 0; received < content.sizeBytes; ) {
        const reply = await replies.next();
        if (reply.done === true) assert.fail('the remote ended a read half way');
        const news = readNewsFromWire(reply.value);
        if (news.kind === 'missing') assert.fail(`a content of ${content.sizeBytes} bytes is lost: ${news.message}`);
        hash.update(news.bytes);
        received += news.bytes.length;
      }
      assert.equal(hash.digest(), content.hash, `the remote's bytes of a content of ${content.sizeBytes} bytes`);
    }
    await replies.return();
  }

  #assertEqual({ tree, area, state }: Record<'tree' | 'area' | 'state', string>, { final, session, first }: Expected): void {
    assert.deepEqual(treeDifferences(this.#lab.tree, tree), [], 'source against mirror');
    if (rsyncMissing === false && this.#isThorough) assert.deepEqual(rsyncDifferences(this.#lab.tree, tree), []);
    const rows = readRows(join(area, 'manifest.db'), session);
    assert.deepEqual(rows.tree, final.tree, "the remote's manifest");
    assert.deepEqual(readRows(join(state, 'replica.db')).tree, final.tree, 'the replica');
    assert.deepEqual(rows.past, first.tree, `the state as of session ${session}`);
    for (const folder of ['staging', 'stash', 'partial']) {
      assert.deepEqual(readdirSync(join(area, folder)), [], `what was left in ${folder}`);
    }
    const kept = readdirSync(join(area, 'history'));
    assert.deepEqual(
      kept.filter((name) => !rows.slots.has(name)),
      [],
      'what no manifest knows of in history',
    );
    assert.deepEqual(
      [...rows.slots].filter((name) => !kept.includes(name)),
      [],
      'what history does not have',
    );
    const ours = ['last.json', 'lock', 'replica.db', 'source.db'];
    // What was to be the next last.json goes when it is an hour old.
    const left = readdirSync(state).filter(
      (name) => !ours.includes(name.replace(/-(wal|shm|journal)$|\.[0-9a-f]{12}\.tmp$/, '')),
    );
    assert.deepEqual(left, [], 'what was left in the state directory');
    assert.equal(existsSync(join(this.#lab.tree, '.btsoot-restore')), false);
  }
}

/** What the source believes to be where it is to stay must be there, and what it believes to be anywhere must be known. */
function assertKept(believed: Rows, rows: Rows, { final, first }: Expected): void {
  // A folder is nothing but its name here: one that was there before may be on its way to another, as in a swap.
  const isNews = (path: string, row: Row): boolean => row.kind !== 'directory' || !first.tree.has(path);
  const lost = [...believed.tree].filter(
    ([path, row]) => isNews(path, row) && sameRow(final.tree.get(path), row) && !sameRow(rows.tree.get(path), row),
  );
  assert.deepEqual(
    lost.map(([path]) => path),
    [],
    'what was acknowledged, and lost',
  );
  const undone = [...rows.tree.keys()].filter(
    (path) => !final.tree.has(path) && !believed.tree.has(path) && believed.tree.size > 0,
  );
  assert.deepEqual(undone, [], 'what was acknowledged as gone, and is there');
}
