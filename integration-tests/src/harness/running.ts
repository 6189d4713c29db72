import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';

export interface Finished {
  /** Null where a signal ended it. */
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface SpawnOptions {
  readonly env: Readonly<Record<string, string>>;
  /** Runs it as this user and group; only root may. */
  readonly userId?: number;
  /** Hears each line of stdout as it comes. */
  readonly onLine?: (line: string) => void;
}

const lineDeadlineMs = 120_000;
const alive = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of alive) child.kill('SIGKILL');
});

/** A started program whose output is read as it comes. */
export class Running {
  readonly pid: number;
  readonly finished: Promise<Finished>;
  readonly #child: ChildProcess;
  readonly #command: string;
  readonly #lines: string[] = [];
  readonly #listeners = new Set<() => void>();
  #stdout = '';
  #stderr = '';

  constructor(command: readonly string[], options: SpawnOptions) {
    const [file = '', ...args] = command;
    const user = options.userId === undefined ? {} : { uid: options.userId, gid: options.userId };
    this.#child = spawn(file, args, { env: options.env, stdio: ['ignore', 'pipe', 'pipe'], ...user });
    this.#command = command.join(' ');
    this.pid = this.#child.pid ?? 0;
    this.#child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      this.#stdout += text;
    });
    this.#child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr += text;
    });
    if (this.#child.stdout) this.#splitLines(this.#child.stdout, options.onLine);
    if (this.#child.stderr) this.#splitLines(this.#child.stderr);
    alive.add(this.#child);
    this.finished = this.#finish();
    // Whoever awaits it hears of a failed spawn; nobody else has to.
    this.finished.catch(() => {});
  }

  /**
   * The first line of either output stream, earlier ones included, that `accept` takes, or the one of that number among
   * them. Rejects when it ends without one.
   */
  async line(accept: RegExp, number = 1): Promise<string> {
    let ended = false;
    const deadline = AbortSignal.timeout(lineDeadlineMs);
    void this.finished
      .catch(() => {})
      .then(() => {
        ended = true;
        this.#wake();
      });
    deadline.addEventListener('abort', () => this.#wake());
    for (;;) {
      const found = this.#lines.filter((line) => accept.test(line))[number - 1];
      if (found !== undefined) return found;
      if (ended) throw new Error(`ended without a line like ${accept}: ${this.describe()}`);
      if (deadline.aborted) throw new Error(`no line like ${accept} within ${lineDeadlineMs} ms: ${this.describe()}`);
      await new Promise<void>((wake) => this.#listeners.add(wake));
    }
  }

  get isAlive(): boolean {
    return alive.has(this.#child);
  }

  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<Finished> {
    this.#child.kill(signal);
    return this.finished;
  }

  describe(): string {
    const { exitCode, signalCode } = this.#child;
    const state = this.isAlive ? 'runs' : `ended with ${signalCode ?? exitCode}`;
    return `${this.#command} (process ${this.pid}, ${state})\n--- stdout\n${this.#stdout}\n--- stderr\n${this.#stderr}`;
  }

  #splitLines(stream: NodeJS.ReadableStream, onLine?: (line: string) => void): void {
    let rest = '';
    stream.on('data', (text: string) => {
      const parts = (rest + text).split('\n');
      rest = parts.pop() ?? '';
      this.#lines.push(...parts);
      if (onLine !== undefined) parts.forEach(onLine);
      this.#wake();
    });
  }

  #wake(): void {
    for (const wake of this.#listeners) wake();
    this.#listeners.clear();
  }

  async #finish(): Promise<Finished> {
    const [status, signal] = (await once(this.#child, 'close')) as [number | null, NodeJS.Signals | null];
    alive.delete(this.#child);
    return { status, signal, stdout: this.#stdout, stderr: this.#stderr };
  }
}
