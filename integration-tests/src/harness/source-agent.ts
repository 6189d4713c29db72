import { chownSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { here, type Place } from './place.js';
import { cleanEnvironment, sourceProgram } from './programs.js';
import type { Pairing } from './remote-agent.js';
import { type Finished, Running, type SpawnOptions } from './running.js';

/** What the tests read of a step in a dry run's plan. */
export interface PlannedStep {
  readonly kind: string;
  readonly path: string;
  readonly from: string | null;
  readonly wireBytes: number;
}

/** What the tests read of the result that `btsoot sync --json` and `btsoot restore --json` print last. */
export interface Outcome {
  readonly kind: 'unchanged' | 'done' | 'partial' | 'planned' | 'refused';
  readonly plan: {
    readonly digest: string;
    readonly summary: Readonly<Record<string, number>>;
    readonly steps: readonly PlannedStep[] | null;
  } | null;
  readonly reasons: readonly string[];
  readonly problems: readonly { readonly path: string; readonly kind: string; readonly message: string }[];
  readonly problemCount: number;
  readonly ignored: number;
  readonly sentBytes: number;
  readonly savedBytes: number;
  readonly steps: number;
  readonly session: number;
  readonly drift: {
    readonly drifted: number;
    readonly damaged: number;
    readonly paths: readonly {
      readonly path: string;
      readonly how: string;
      readonly olderVersions: number;
      readonly message: string;
    }[];
  };
  readonly unheldXattrs: number;
  readonly specials: number;
}

export interface JsonRun {
  readonly status: number | null;
  /** Every line of stdout. */
  readonly events: readonly Readonly<Record<string, unknown>>[];
  /** Undefined where it failed before it had a result. */
  readonly outcome: Outcome | undefined;
  /** Both streams, for messages. */
  readonly output: string;
}

/** A person's home with a real `btsoot` in it. */
export class SourceAgent {
  readonly home: string;
  /** What its processes get from now on, beside what they get anyway. */
  environment: Readonly<Record<string, string>>;
  readonly #userId: number | undefined;
  readonly #place: Place;

  /** As `userId` only where root starts it. */
  constructor(home: string, userId?: number, place: Place = here, environment: Readonly<Record<string, string>> = {}) {
    mkdirSync(home, { recursive: true });
    if (userId !== undefined) chownSync(home, userId, userId);
    this.home = home;
    this.#userId = userId;
    this.#place = place;
    this.environment = environment;
  }

  get configFile(): string {
    return join(this.home, 'config', 'config.toml');
  }

  start(...args: readonly string[]): Running {
    return this.#start(args, {});
  }

  run(...args: readonly string[]): Promise<Finished> {
    return this.start(...args).finished;
  }

  /** Runs a command that must succeed. */
  async mustRun(...args: readonly string[]): Promise<Finished> {
    const run = this.start(...args);
    const finished = await run.finished;
    if (finished.status !== 0) throw new Error(`exit status ${finished.status}: ${run.describe()}`);
    return finished;
  }

  /** Runs a command with `--json` and reads what it prints. */
  async json(...args: readonly string[]): Promise<JsonRun> {
    return readJsonRun(await this.run(...args, '--json'));
  }

  /** As `json`, and hears each line of JSON as it comes. */
  async watch(onEvent: (event: Readonly<Record<string, unknown>>) => void, ...args: readonly string[]): Promise<JsonRun> {
    const onLine = (line: string): void => onEvent(JSON.parse(line) as Record<string, unknown>);
    return readJsonRun(await this.#start([...args, '--json'], { onLine }).finished);
  }

  /** Uses a pairing code; the remote is called `pi` here where nothing else is said, and this source `name` there. */
  async pair(pairing: Pairing, name = 'nas', remoteName = 'pi'): Promise<void> {
    await this.mustRun('pair', pairing.code, '--name', remoteName, '--as', name);
    const remote = await pairing.process.finished;
    if (remote.status !== 0) throw new Error(`the remote's side of the pairing failed: ${pairing.process.describe()}`);
  }

  /** From now on the remote is reached through this port of 127.0.0.1. */
  reachRemoteBy(port: number, remoteName = 'pi'): void {
    this.configure(`remotes.${remoteName}`, 'address', `127.0.0.1:${port}`);
  }

  /** Sets one key in a section of the config file, as a person with an editor does. */
  configure(section: string, key: string, value: string | number): void {
    this.configureRaw(section, key, JSON.stringify(value));
  }

  /** As `configure`, with a value as TOML writes it. */
  configureRaw(section: string, key: string, value: string): void {
    const header = `[${section}]`;
    const lines = readFileSync(this.configFile, 'utf8').split('\n');
    const start = lines.indexOf(header);
    if (start < 0) throw new Error(`no ${header} in ${this.configFile}:\n${lines.join('\n')}`);
    const old = lines.findIndex((line, index) => index > start && line.startsWith(`${key} =`));
    if (old >= 0) lines.splice(old, 1);
    lines.splice(start + 1, 0, `${key} = ${value}`);
    writeFileSync(this.configFile, lines.join('\n'));
  }

  /** Takes a section and its keys out of the config file. */
  forget(section: string): void {
    const lines = readFileSync(this.configFile, 'utf8').split('\n');
    const start = lines.indexOf(`[${section}]`);
    const length = lines.slice(start + 1).findIndex((line) => line.startsWith('['));
    if (start >= 0) lines.splice(start, length < 0 ? lines.length : length + 1);
    writeFileSync(this.configFile, lines.join('\n'));
  }

  #start(args: readonly string[], options: Pick<SpawnOptions, 'onLine'>): Running {
    const user = this.#userId === undefined ? {} : { userId: this.#userId };
    return new Running([...this.#place.through, ...(this.#place.programs?.source ?? sourceProgram), ...args], {
      env: { ...cleanEnvironment(this.home), ...this.environment },
      ...user,
      ...options,
    });
  }
}

export function readJsonRun(finished: Finished): JsonRun {
  const lines = finished.stdout.split('\n').filter((line) => line !== '');
  const events = lines.map((line) => parseLine(line, finished));
  const outcome = events.find((event) => event['kind'] === 'result')?.['result'] as Outcome | undefined;
  return { status: finished.status, events, outcome, output: `${finished.stdout}\n${finished.stderr}` };
}

function parseLine(line: string, finished: Finished): Record<string, unknown> {
  try {
    return JSON.parse(line) as Record<string, unknown>;
  } catch {
    throw new Error(`not a line of JSON: ${line}\n--- stdout\n${finished.stdout}\n--- stderr\n${finished.stderr}`);
  }
}
