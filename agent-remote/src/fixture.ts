import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';

/** What the tests of this package share: real folders, real processes, free ports. */

/** An empty folder that is gone when the test ends. */
export function temporaryFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'btsoot-remote-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** `btsoot-remote` as its own process, killed at the end of the test if it has not ended. */
export class RemoteProcess {
  readonly child: ChildProcessWithoutNullStreams;
  readonly ended: Promise<Ended>;
  #stdout = '';
  #stderr = '';

  constructor(t: TestContext, args: readonly string[], env: NodeJS.ProcessEnv = {}) {
    const main = fileURLToPath(new URL('./main.js', import.meta.url));
    // As the kernel does where its name is typed: the first line has settings that its memory depends on.
    const [, interpreter = '', settings = ''] = /^#!(\S+) (.+)$/m.exec(readFileSync(main, 'utf8')) ?? [];
    this.child = spawn(interpreter, [settings, main, ...args], { env: { ...process.env, ...env } });
    this.child.stdout.setEncoding('utf8').on('data', (text: string) => {
      this.#stdout += text;
    });
    this.child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr += text;
    });
    this.ended = once(this.child, 'close').then(([status]) => ({ status, stdout: this.#stdout, stderr: this.#stderr }));
    t.after(async () => {
      this.child.kill('SIGKILL');
      await this.ended;
    });
  }

  /** The first whole line of stdout that matches. Rejects when the process ends without one. */
  stdoutLine(pattern: RegExp): Promise<string> {
    return this.#line('stdout', () => this.#stdout, pattern);
  }

  stderrLine(pattern: RegExp): Promise<string> {
    return this.#line('stderr', () => this.#stderr, pattern);
  }

  #line(stream: 'stdout' | 'stderr', text: () => string, pattern: RegExp): Promise<string> {
    return new Promise((resolve, reject) => {
      const look = (): void => {
        const line = text()
          .split('\n')
          .slice(0, -1)
          .find((candidate) => pattern.test(candidate));
        if (line !== undefined) resolve(line);
      };
      this.child[stream].on('data', look);
      look();
      void this.ended.then((end) => reject(new Error(`ended with ${end.status} before saying ${pattern}: ${end.stderr}`)));
    });
  }
}

/** Runs `btsoot-remote` to its end. */
export function runRemote(t: TestContext, ...args: string[]): Promise<Ended> {
  const { ended, child } = new RemoteProcess(t, args);
  child.stdin.end();
  return ended;
}

/** A TCP port on loopback that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

/** For `assert.throws` and `assert.rejects`: a BtsootError of that kind, whose message matches. */
export function failsAs(kind: string, message: RegExp = /./): (error: unknown) => boolean {
  return (error) => {
    const { kind: actual, message: text } = error as { kind?: string; message: string };
    if (actual === kind && message.test(text)) return true;
    throw error;
  };
}
