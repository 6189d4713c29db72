import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
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
import type { Running } from '../harness/running.js';
import type { JsonRun, Outcome } from '../harness/source-agent.js';
import type { Disk } from './disk.js';
import type { Lab } from './lab.js';
import { InodeMap, Rebuilding } from './rebuild.js';

export type Opened = Extract<SessionNews, { kind: 'opened' }>;

/** A block that was rebuilt, and where its parts lie. */
export interface Placed {
  readonly name: string;
  readonly source: string;
  readonly mirror: string;
  /** The remote's private folder of the block. */
  readonly area: string;
  /** The source's. */
  readonly state: string;
  /** A second one, for looking at what it says before anybody changes it. */
  readonly peek: string;
}

/**
 * Two agents that outlive everything: each disk that a crash may have left is rebuilt for them under a name of its own, as a
 * block that they have never opened before.
 */
export class Survivors {
  readonly #lab: Lab;
  readonly #map: InodeMap;
  readonly #inodes: string;
  #agent: Running | null = null;
  /** One connection for all sessions: a remote allows a source only so many. */
  #client: RemoteClient | null = null;
  #next = 1;

  private constructor(lab: Lab) {
    this.#lab = lab;
    this.#inodes = join(lab.directory, 'inodes');
    this.#map = new InodeMap(this.#inodes);
  }

  static async start(scope: Scope, lab: Lab): Promise<Survivors> {
    const cleanup = Cleanup.within(scope);
    const survivors = new Survivors(lab);
    cleanup.after(() => survivors.#map.close());
    cleanup.after(() => lab.remote.stop('SIGKILL'));
    cleanup.after(() => survivors.#agent?.stop('SIGKILL'));
    cleanup.after(() => survivors.#client?.close());
    await survivors.startRemote();
    await survivors.startSource();
    return survivors;
  }

  /** @param kill where it is to die, see `ShimSettings`; it may do so before it serves */
  async startRemote(kill?: string): Promise<void> {
    this.#client?.close();
    this.#client = null;
    await this.#lab.remote.stop('SIGKILL');
    this.#lab.use({ inodes: this.#inodes, ...(kill !== undefined && { kill }) });
    await this.#lab.remote.serve().catch((error: unknown) => {
      if (kill === undefined) throw error;
    });
    this.#lab.use({ inodes: this.#inodes });
  }

  /** As `startRemote`. */
  async startSource(kill?: string): Promise<void> {
    await this.#agent?.stop('SIGKILL');
    this.#lab.use({ inodes: this.#inodes, ...(kill !== undefined && { kill }) });
    this.#agent = this.#lab.source.start('agent');
    await this.#agent.line(/\b(listening|ready|running)\b/i).catch((error: unknown) => {
      if (kill === undefined) throw error;
    });
    this.#lab.use({ inodes: this.#inodes });
  }

  /** Calls `work` with this disk's block as both agents find it. `restarts`: after their machines were started anew. */
  async withBlock(disk: Disk, restarts: boolean, work: (placed: Placed) => Promise<void>): Promise<void> {
    this.#lab.shim.boot(restarts ? 'second' : 'first');
    const placed = this.#place(disk);
    try {
      await work(placed);
    } finally {
      const { name: _, ...paths } = placed;
      for (const path of Object.values(paths)) rmSync(path, { recursive: true, force: true });
    }
  }

  /** What takes long, and can hardly be wrong where the rest is right, is looked at now and then. */
  get isThorough(): boolean {
    return this.#next % 8 === 0;
  }

  #place(disk: Disk): Placed {
    const { watched, directory } = this.#lab;
    const name = `case-${this.#next++}`;
    const placed: Placed = {
      name,
      source: join(watched, 'nas', name),
      mirror: join(watched, 'pi', name),
      area: join(watched, 'pi/.btsoot/blocks', name),
      state: join(watched, 'home/state/blocks', name),
      peek: join(directory, name),
    };
    const [block, second] = [new Rebuilding(), new Rebuilding()];
    const put = (from: string, to: string, rebuilding = block): void => {
      const node = disk.find(from);
      if (node === undefined) mkdirSync(to);
      else rebuilding.build(node, to);
    };
    put('nas/photos', placed.source);
    put('pi/photos', placed.mirror);
    put('pi/.btsoot/blocks/photos', placed.area);
    put('home/state/blocks/photos', placed.state);
    put('home/state/blocks/photos', placed.peek, second);
    this.#map.set([...block.standIns(), ...second.standIns()]);
    this.#lab.nameBlock(name);
    return placed;
  }

  /** Opens a session at the remote, which recovers what is to be recovered and checks its tree. */
  async inSession({ name }: Placed, work: (opened: Opened, client: RemoteClient) => Promise<void>): Promise<void> {
    this.#client ??= this.#connect();
    await this.#open(this.#client, name as TreePath, work);
  }

  async #open(
    client: RemoteClient,
    folder: TreePath,
    work: (opened: Opened, client: RemoteClient) => Promise<void>,
  ): Promise<void> {
    for (;;) {
      const leave = new AbortController();
      const stream = client.openSession(openSessionToWire({ folder, drift: 'quick' }), leave.signal);
      try {
        for await (const event of stream) {
          const news = sessionNewsFromWire(event);
          if (news.kind === 'opened') return await work(news, client);
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

  /** Has the source agent sync the block. */
  async sync({ name }: Placed): Promise<Outcome> {
    const control = ControlClient.connect(join(this.#lab.source.home, 'state', 'agent.sock'));
    try {
      return await followSync(control, name);
    } finally {
      control.close();
    }
  }

  /** Runs `btsoot restore` on the block. */
  restore({ name }: Placed, ...args: readonly string[]): Promise<JsonRun> {
    return this.#lab.source.json('restore', name, ...args);
  }

  #connect(): RemoteClient {
    const pem = (name: string): string => readFileSync(join(this.#lab.source.home, 'config/remotes/pi', name), 'utf8');
    return RemoteClient.connect({
      kind: 'tls',
      host: '127.0.0.1',
      port: this.#lab.remote.port,
      ca: pem('ca.pem'),
      certificate: pem('cert.pem'),
      key: pem('key.pem'),
    });
  }
}

async function followSync(control: ControlClient, name: string): Promise<Outcome> {
  for await (const event of control.sync({ block: name, dryRun: false, acceptPlan: '' })) {
    const message = JSON.parse(event.json) as { kind: string; result?: Outcome; error?: { message: string } };
    if (message.kind === 'result' && message.result !== undefined) return message.result;
    if (message.kind === 'error') assert.fail(`the sync failed: ${message.error?.message}`);
  }
  throw new Error('the agent ended the sync without a result');
}

/** Each content comes from the remote as it should, from wherever it is held there. */
export async function assertReadable({ session }: Opened, client: RemoteClient, contents: readonly Content[]): Promise<void> {
  const wanted = [...new Map(contents.map((one) => [contentKey(one), one])).values()].filter(({ sizeBytes }) => sizeBytes > 0);
  const wishes = wanted.map((content, index) => readWishToWire({ session: index === 0 ? session : null, content }));
  const replies = client.readContents(wishes);
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
