import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Cleanup, type Scope } from '../harness/cleanup.js';
import { treeDifferences } from '../harness/compare.js';
import type { Place } from '../harness/place.js';
import { assertBuilt } from '../harness/programs.js';
import { RemoteAgent } from '../harness/remote-agent.js';
import { SourceAgent } from '../harness/source-agent.js';
import { copyTree } from '../harness/tree.js';
import { assertMirrored, mustSucceed, temporaryDirectory } from '../harness/world.js';
import { Disk } from './disk.js';
import { Rebuilding } from './rebuild.js';
import { changeEverything, changeLately, changeLongAgo, plantFirst } from './scenario.js';
import { Shim, type ShimSettings } from './shim.js';
import { type Change, readTrace } from './trace.js';

/** A session as it was recorded: both disks before it, and every change that both agents made to them. */
export interface Recording {
  readonly before: Disk;
  readonly changes: readonly Change[];
  /** How many of the changes each agent made, its children not counted. */
  readonly counts: Readonly<Record<'remote' | 'source', number>>;
}

/** Whose disk a path below the watched folder is on. */
export const machineOf = (path: string): string => (/^pi(\/|$)/.test(path) ? 'remote' : 'source');

/**
 * Two paired agents whose files all lie below one watched folder: `pi` is the remote's root, `nas/photos` what is
 * mirrored, `home` the source agent's home. They run with the shim, and so with small limits.
 */
export class Lab {
  readonly directory: string;
  readonly watched: string;
  readonly tree: string;
  readonly remote: RemoteAgent;
  readonly source: SourceAgent;
  readonly shim: Shim;
  readonly #through: string[];

  private constructor(directory: string, remote: RemoteAgent, source: SourceAgent, shim: Shim, through: string[]) {
    this.directory = directory;
    this.watched = join(directory, 'disk');
    this.tree = join(this.watched, 'nas', 'photos');
    this.remote = remote;
    this.source = source;
    this.shim = shim;
    this.#through = through;
  }

  static async make(scope: Scope): Promise<Lab> {
    assertBuilt();
    const cleanup = Cleanup.within(scope);
    const directory = realpathSync(temporaryDirectory(cleanup));
    const watched = join(directory, 'disk');
    mkdirSync(join(watched, 'nas', 'photos'), { recursive: true });
    const shim = new Shim(watched, directory);
    const through = shim.through();
    const place: Place = { host: '127.0.0.1', through };
    const remote = await RemoteAgent.init(join(watched, 'pi'), join(directory, 'pi-home'), place);
    cleanup.after(() => remote.stop('SIGKILL'));
    const source = new SourceAgent(join(watched, 'home'), undefined, place);
    const lab = new Lab(directory, remote, source, shim, through);
    plantFirst(lab.tree);
    await source.pair(await remote.pair());
    return lab;
  }

  /** From now on, agents start with these settings. */
  use(settings: ShimSettings): void {
    this.#through.splice(0, this.#through.length, ...this.shim.through(settings));
  }

  /** Three sessions, long ago and lately; `lately` is a copy of the tree as the last of them left it. */
  async prepare(): Promise<{ readonly lately: string; readonly session: number }> {
    const mirror = join(this.remote.root, 'photos');
    this.use({ daysAgo: 40 });
    await this.remote.serve();
    await this.source.mustRun('add', 'photos', this.tree, 'pi:photos');
    this.source.configure('blocks.photos', 'guard_percent', 100);
    this.source.configure('blocks.photos', 'specials', 'mirror');
    await this.#sync();
    changeLongAgo(this.tree);
    await this.#sync();
    await this.remote.stop();
    this.use({ daysAgo: 20 });
    await this.remote.serve();
    changeLately(this.tree);
    const session = await this.#sync();
    await this.remote.stop();
    this.use({});
    assertMirrored(this.tree, mirror);
    const lately = join(this.directory, 'lately');
    copyTree(this.tree, lately);
    changeEverything(this.tree);
    return { lately, session };
  }

  /** Records what both agents do to their disks while `work` runs, the remote's end included. */
  async record<T>(work: () => Promise<T>): Promise<[Recording, T]> {
    const trace = join(mkdtempSync(join(this.directory, 'trace-')), 'changes');
    const before = Disk.read(this.watched);
    this.use({ trace });
    await this.remote.serve();
    const { pid } = this.remote;
    const result = await work();
    await this.remote.stop();
    this.use({});
    const changes = readTrace(trace);
    this.#checkReplay(before, changes);
    const byProcess = new Map<number, number>();
    for (const change of changes) byProcess.set(change.pid, (byProcess.get(change.pid) ?? 0) + 1);
    const remote = byProcess.get(pid) ?? 0;
    byProcess.delete(pid);
    return [{ before, changes, counts: { remote, source: Math.max(0, ...byProcess.values()) } }, result];
  }

  async #sync(): Promise<number> {
    return mustSucceed(await this.source.json('sync', 'photos')).session;
  }

  /** The recorded changes must lead to what is on the disk: else something went past the shim. */
  #checkReplay(before: Disk, changes: readonly Change[]): void {
    const disk = before.copy();
    for (const change of changes) disk.apply(change, 'whole');
    const copy = mkdtempSync(join(this.directory, 'replayed-'));
    for (const path of ['pi/photos', 'pi/.btsoot/blocks', 'nas/photos', 'home/state/blocks']) {
      const node = disk.find(path) ?? assert.fail(`the replayed disk has no ${path}`);
      const at = join(copy, path.replaceAll('/', '-'));
      new Rebuilding().build(node, at);
      assert.deepEqual(treeDifferences(join(this.watched, path), at), [], `what went past the shim in ${path}`);
    }
    rmSync(copy, { recursive: true });
  }

  /** Has the config know one block, which is this one under another name. */
  nameBlock(name: string): void {
    const text = readFileSync(this.source.configFile, 'utf8');
    const renamed = text
      .replace(/^\[blocks\..+\]$/m, `[blocks.${name}]`)
      .replace(/"pi:[^"]*"/, `"pi:${name}"`)
      .replace(/nas\/[^/"]*"/, `nas/${name}"`);
    writeFileSync(this.source.configFile, renamed);
  }
}
