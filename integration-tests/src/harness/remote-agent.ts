import { chownSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { here, type Place } from './place.js';
import { freePort } from './ports.js';
import { cleanEnvironment, remoteProgram } from './programs.js';
import { type Finished, Running } from './running.js';

export interface ServeOptions {
  /** No file can grow beyond this, the databases included: the disk says no in the middle of a transfer. */
  readonly fileSizeMaxBytes?: number;
  /** Beside what it gets anyway. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** A pairing under way: the code, and the process that waits for its use. */
export interface Pairing {
  readonly code: string;
  readonly process: Running;
}

type Environment = Readonly<Record<string, string>>;

/** A root directory with a real `btsoot-remote` on it. */
export class RemoteAgent {
  readonly root: string;
  readonly port: number;
  readonly #home: string;
  readonly #place: Place;
  readonly #userId: number | undefined;
  readonly #environment: Environment;
  #serving: Running | undefined;

  /**
   * Makes the root where it is missing and runs `btsoot-remote init` on it, which adopts what is there.
   * @param userId who it runs as, where not as the tests do
   * @param environment of all of its processes, beside a clean one
   */
  static async init(
    root: string,
    home: string,
    place: Place = here,
    userId?: number,
    environment: Environment = {},
  ): Promise<RemoteAgent> {
    for (const folder of [root, home]) {
      mkdirSync(folder, { recursive: true });
      if (userId !== undefined) chownSync(folder, userId, userId);
    }
    const remote = new RemoteAgent(root, home, await freePort(), place, userId, environment);
    await remote.mustRun('init', '--root', root, '--listen', `${place.host}:${remote.port}`, '--name', 'pi');
    return remote;
  }

  /** One that `init` has made in the same place, or wherever it was moved from, to be served on a port that is free. */
  static async at(root: string, home: string, place: Place = here): Promise<RemoteAgent> {
    const remote = new RemoteAgent(root, home, await freePort(), place, undefined, {});
    const path = join(root, '.btsoot', 'remote.json');
    const config = JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>;
    writeFileSync(path, JSON.stringify({ ...config, listen: { host: place.host, port: remote.port } }));
    return remote;
  }

  private constructor(
    root: string,
    home: string,
    port: number,
    place: Place,
    userId: number | undefined,
    environment: Environment,
  ) {
    this.root = root;
    this.port = port;
    this.#home = home;
    this.#place = place;
    this.#userId = userId;
    this.#environment = environment;
  }

  /** Of the serving process. */
  get pid(): number {
    if (this.#serving === undefined) throw new Error('the remote agent does not run');
    return this.#serving.pid;
  }

  /** Whether it was started, and has not ended by itself since. */
  get isServing(): boolean {
    return this.#serving?.isAlive === true;
  }

  /** The line of that number, from 1, among those of its output that `accept` takes. */
  line(accept: RegExp, number = 1): Promise<string> {
    if (this.#serving === undefined) throw new Error('the remote agent does not run');
    return this.#serving.line(accept, number);
  }

  async serve(options: ServeOptions = {}): Promise<void> {
    this.#serving = this.#start(['serve', '--root', this.root], options);
    await this.#serving.line(/\b(listening|serving|ready)\b/i);
  }

  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<Finished | undefined> {
    const serving = this.#serving;
    this.#serving = undefined;
    return serving?.stop(signal);
  }

  /** Opens the door for one source: `grants` are the folders that it may reach, none given means all. */
  async pair(...grants: readonly string[]): Promise<Pairing> {
    const process = this.#start(['pair', '--root', this.root, ...grants.flatMap((folder) => ['--grant', folder])]);
    return { code: await process.line(/^btsoot1-/), process };
  }

  run(...args: readonly string[]): Promise<Finished> {
    return this.#start(args).finished;
  }

  async mustRun(...args: readonly string[]): Promise<Finished> {
    const run = this.#start(args);
    const finished = await run.finished;
    if (finished.status !== 0) throw new Error(`exit status ${finished.status}: ${run.describe()}`);
    return finished;
  }

  #start(args: readonly string[], options: ServeOptions = {}): Running {
    const command = [...this.#place.through, ...(this.#place.programs?.remote ?? remoteProgram), ...args];
    const limit = options.fileSizeMaxBytes;
    // POSIX counts `ulimit -f` in blocks of 512 bytes; bash called as sh obeys that too.
    const limited =
      limit === undefined ? command : ['sh', '-c', `ulimit -f ${Math.ceil(limit / 512)}; exec "$@"`, 'sh', ...command];
    const user = this.#userId === undefined ? {} : { userId: this.#userId };
    return new Running(limited, {
      env: { ...cleanEnvironment(this.#home), ...this.#environment, ...options.environment },
      ...user,
    });
  }
}
