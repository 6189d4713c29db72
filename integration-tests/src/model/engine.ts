import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { BtsootError } from '@btsoot/shared/model/errors.js';
import { repository } from '../harness/programs.js';
import type { Outcome } from '../harness/source-agent.js';

/*
 * The source agent's engine in this process: over the real socket to a real remote agent, but without a new process for each
 * sync, which would cost more than the sync. It is loaded by its place on the disk, as the programs are.
 */

export type EngineResult = Outcome;

interface Connection {
  readonly client: { createBlock(folder: string, signal: AbortSignal): Promise<unknown> };
  close(): Promise<void>;
}

interface Context {
  readonly config: { readonly blocks: ReadonlyMap<string, Block> };
  readonly paths: unknown;
  connect(block: Block): Promise<Connection>;
}

interface Block {
  readonly name: string;
  readonly target: unknown;
}

interface WatchOptions {
  readonly signal: AbortSignal;
  readonly report: (event: unknown) => void;
}

interface Modules {
  syncBlock(
    context: Context,
    block: Block,
    options: WatchOptions & {
      dryRun: boolean;
      acceptance: unknown;
      drift: null;
      watch: SourceWatch | null;
      looksAt: 'everything' | 'changes';
    },
  ): Promise<EngineResult>;
  restoreBlock(context: Context, block: Block, options: WatchOptions & RestoreOptions): Promise<EngineResult>;
  addBlock(context: Context, name: string, source: string, target: unknown, signal: AbortSignal): Promise<unknown>;
  parseConfiguredTarget(text: string): unknown;
  loadConfig(paths: unknown): Promise<Context['config']>;
  makeContext(config: Context['config'], paths: unknown, log: unknown): Context;
  findPaths(environment: Readonly<Record<string, string>>): unknown;
  withBlockLock<T>(context: Context, block: Block, work: () => Promise<T>): Promise<T>;
  readonly NO_LOG: unknown;
  readonly Acceptance: new (digest: string | null) => unknown;
  readonly SourceWatch: { open(onChange: () => void): SourceWatch | null };
}

interface SourceWatch {
  close(): void;
}

interface RestoreOptions {
  readonly paths: readonly string[];
  readonly to: string;
  readonly at: { readonly kind: 'session'; readonly number: number } | null;
  readonly dryRun: boolean;
  readonly force: boolean;
  readonly delete: boolean;
  readonly damagedOnly: boolean;
  readonly expectedPlan: null;
}

export interface SyncOptions {
  readonly dryRun?: boolean;
  readonly acceptPlan?: string | null;
}

const files = [
  'acceptance',
  'cycle',
  'restore',
  'add-block',
  'targets',
  'config',
  'context',
  'paths',
  'sync-run',
  'log',
  'source-watch',
];
/** Of so many syncs of a block, one looks at everything; the others go by what the watch has seen. */
const everythingInterval = 4;

interface Watched {
  readonly watch: SourceWatch | null;
  syncs: number;
}

export class Engine {
  readonly #modules: Modules;
  readonly #paths: unknown;
  readonly #watches = new Map<string, Watched>();

  /** @param environment as a process of the source agent gets it */
  static async load(environment: Readonly<Record<string, string>>): Promise<Engine> {
    const loaded = await Promise.all(
      files.map((name) => import(pathToFileURL(join(repository, 'agent-source', 'dist', `${name}.js`)).href)),
    );
    return new Engine(Object.assign({}, ...loaded) as Modules, environment);
  }

  private constructor(modules: Modules, environment: Readonly<Record<string, string>>) {
    this.#modules = modules;
    this.#paths = modules.findPaths(environment);
  }

  async add(name: string, source: string, target: string): Promise<void> {
    const { addBlock, parseConfiguredTarget } = this.#modules;
    await addBlock(await this.#context(), name, source, parseConfiguredTarget(target), new AbortController().signal);
  }

  /** Under watch, as a running agent does it. @throws BtsootError as the command would say it. */
  async sync(name: string, { dryRun = false, acceptPlan = null }: SyncOptions = {}): Promise<EngineResult> {
    const { syncBlock, Acceptance } = this.#modules;
    const watched = this.#watched(name);
    watched.syncs += 1;
    const looksAt = watched.syncs % everythingInterval === 0 ? 'everything' : 'changes';
    const { watch } = watched;
    const options = { ...quiet(), dryRun, acceptance: new Acceptance(acceptPlan), drift: null, watch, looksAt } as const;
    return this.#onBlock(name, (context, block) => syncBlock(context, block, options));
  }

  /** Watches the block's source no longer. */
  forget(name: string): void {
    this.#watches.get(name)?.watch?.close();
    this.#watches.delete(name);
  }

  #watched(name: string): Watched {
    const known = this.#watches.get(name);
    if (known !== undefined) return known;
    const watched = { watch: this.#modules.SourceWatch.open(() => undefined), syncs: 0 };
    this.#watches.set(name, watched);
    return watched;
  }

  /** To another folder; null: the newest state. */
  async restore(name: string, session: number | null, to: string): Promise<EngineResult> {
    const at = session === null ? null : ({ kind: 'session', number: session } as const);
    const plain = { dryRun: false, force: false, delete: false, damagedOnly: false, expectedPlan: null } as const;
    const options = { ...quiet(), ...plain, paths: [], to, at };
    return this.#onBlock(name, (context, block) => this.#modules.restoreBlock(context, block, options));
  }

  async #onBlock(name: string, work: (context: Context, block: Block) => Promise<EngineResult>): Promise<EngineResult> {
    const context = await this.#context();
    const block = context.config.blocks.get(name);
    if (block === undefined) throw new Error(`no block ${name}`);
    return this.#modules.withBlockLock(context, block, () => work(context, block));
  }

  async #context(): Promise<Context> {
    const { loadConfig, makeContext, NO_LOG } = this.#modules;
    return makeContext(await loadConfig(this.#paths), this.#paths, NO_LOG);
  }
}

export function kindOf(error: unknown): BtsootError['kind'] | 'unknown' {
  return error instanceof Error && error.name === 'BtsootError' ? (error as BtsootError).kind : 'unknown';
}

function quiet(): WatchOptions {
  return { signal: new AbortController().signal, report: () => undefined };
}
