import type { IncomingMessage } from 'node:http';
import type { TreePath } from '@btsoot/shared/model/bytes.js';
import { BtsootError } from '@btsoot/shared/model/errors.js';
import type { SessionSummary } from '@btsoot/shared/wire/convert.js';
import type { JoinedRuns } from '../agent/joined-runs.js';
import type { Keepers } from '../agent/keepers.js';
import { LiveRuns } from '../agent/live-runs.js';
import { type Config, findBlock } from '../config.js';
import { makeContext } from '../context.js';
import type { Logger } from '../log.js';
import type { Paths } from '../paths.js';
import { type ErrorView, errorView } from '../sync-message.js';
import { readSyncRecords, type SyncRecord } from '../sync-records.js';
import type { Block, Context } from '../sync-types.js';
import { version } from '../version.js';
import type { Access } from './access.js';
import { EventStreams, type StreamEvent } from './event-streams.js';
import { type BlockView, overviewOf } from './overview.js';
import { type FolderView, RemoteLookup } from './remote-lookup.js';
import { errorReply, type Reply } from './reply.js';
import { Restores, type RestoreView, type RestoreWish } from './restores.js';
import { Turns } from './turns.js';

/** One request, as the routes see it. */
export interface Asking {
  readonly request: IncomingMessage;
  /** The name in the path; empty where there is none. */
  readonly block: string;
  readonly query: URLSearchParams;
  readonly isKnown: boolean;
}

export interface WorkshopOptions {
  readonly paths: Paths;
  readonly log: Logger;
  readonly runs: JoinedRuns;
  readonly keepers: Keepers;
  readonly live: LiveRuns;
  readonly access: Access;
  /** The newest that had no mistake in it. */
  readonly config: () => Config;
}

export interface HistoryView {
  /** What syncs have sent and saved, as far as it was written down here. Oldest first. */
  readonly records: readonly SyncRecord[];
  /** The sessions that the remote keeps, newest first; null where it cannot be asked now. */
  readonly sessions: readonly SessionSummary[] | null;
  readonly error: ErrorView | null;
}

/** What the dashboard can show and do: each route calls one method. */
export class Workshop {
  readonly #options: WorkshopOptions;
  readonly #closing = new AbortController();
  readonly #streams = new EventStreams();
  readonly #turns = new Turns();
  readonly #lookup = new RemoteLookup(this.#turns, this.#closing.signal);
  readonly #restoring = new LiveRuns();
  readonly #restores = new Restores(this.#turns, this.#restoring, (view) => this.#streams.tell({ name: 'restore', value: view }));
  readonly #leave: readonly (() => void)[];

  constructor(options: WorkshopOptions) {
    this.#options = options;
    const { live } = options;
    this.#leave = [
      live.listen((news) => {
        if (news.kind === 'changed') this.#lookup.forget(news.block);
        this.#streams.tell(news.kind === 'changed' ? changed(news.block) : { name: 'progress', value: news.live });
      }),
      this.#restoring.listen((news) => {
        if (news.kind === 'progress') this.#streams.tell({ name: 'restoring', value: news.live });
      }),
    ];
  }

  login(token: string): Reply {
    const { access, log } = this.#options;
    const login = access.login(token);
    if (typeof login === 'object') return { kind: 'json', status: 200, value: {}, headers: { 'Set-Cookie': login.cookie } };
    if (login === 'wrong') log.log('warn', 'somebody came to the dashboard without the right key');
    const error = new BtsootError('denied', 'this is not the token', { hint: '`btsoot dashboard` prints it.' });
    return errorReply(error, login === 'often' ? 429 : null);
  }

  async overview(): Promise<{ readonly version: string; readonly nowUs: number; readonly blocks: readonly BlockView[] }> {
    const { paths, keepers, live, config } = this.#options;
    const nowUs = Date.now() * 1000;
    const blocks = await overviewOf({ paths, config: config(), planned: keepers.planned(), live: live.views(), nowUs });
    return { version, nowUs, blocks };
  }

  events(): Reply {
    const { live } = this.#options;
    const running = live.views().map((value): StreamEvent => ({ name: 'progress', value }));
    return this.#streams.join([{ name: 'hello', value: { version } }, ...running]);
  }

  async history(name: string): Promise<HistoryView> {
    const { context, block } = this.#at(name);
    const records = readSyncRecords(context.paths, name);
    try {
      return { records, sessions: await this.#lookup.sessions(context, block), error: null };
    } catch (error) {
      return { records, sessions: null, error: errorView(error) };
    }
  }

  async folder(name: string, session: number, path: TreePath): Promise<FolderView> {
    const { context, block } = this.#at(name);
    return await this.#lookup.folder(context, block, session, path);
  }

  restoreOf(name: string): RestoreView | null {
    return this.#restores.view(this.#at(name).block.name);
  }

  planRestore(name: string, wish: RestoreWish): RestoreView {
    const { context, block } = this.#at(name);
    return this.#restores.plan(context, block, wish);
  }

  confirmRestore(name: string, plan: string): RestoreView {
    const { context, block } = this.#at(name);
    return this.#restores.confirm(context, block, plan);
  }

  stopRestore(name: string): void {
    this.#restores.stop(this.#at(name).block.name);
  }

  /** Looks at everything, as `btsoot sync` does. Its progress and end come by the events. */
  sync(name: string): void {
    const { block } = this.#at(name);
    const { runs } = this.#options;
    const request = { block: block.name, dryRun: false, acceptPlan: null, drift: null, looksAt: 'everything' } as const;
    const follow = async (): Promise<void> => {
      for await (const _ of runs.join(request, this.#closing.signal));
    };
    follow().catch((error: unknown) => {
      this.#options.log.log('warn', 'a sync that the dashboard asked for did not begin', {
        block: name,
        error: errorView(error).message,
      });
    });
  }

  /** A sync that goes on stops at a point from which the next one goes on. */
  pause(name: string): void {
    this.#options.keepers.pause(this.#at(name).block.name, null);
  }

  resume(name: string): void {
    this.#options.keepers.resume(this.#at(name).block.name);
  }

  async close(): Promise<void> {
    for (const leave of this.#leave) leave();
    this.#closing.abort(new BtsootError('cancelled', 'the dashboard closes'));
    this.#streams.close();
    await this.#restores.close();
  }

  #at(name: string): { readonly context: Context; readonly block: Block } {
    const { config, paths, log } = this.#options;
    const now = config();
    return { block: findBlock(now, name), context: makeContext(now, paths, log) };
  }
}

function changed(block: string): StreamEvent {
  return { name: 'changed', value: { block } };
}
