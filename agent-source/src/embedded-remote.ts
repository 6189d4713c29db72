import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { display, toBytes } from '@btsoot/shared/model/bytes.js';
import { BtsootError } from '@btsoot/shared/model/errors.js';
import { limits } from '@btsoot/shared/model/limits.js';
import type { Logger } from './log.js';
import { makeSocketFolder, SOCKET_NAME } from './socket-folder.js';

/** A remote agent that runs as our child, for a local target. */
export interface EmbeddedRemote {
  readonly socketPath: string;
  /** Ends it, by force if it takes too long. Never throws. */
  close(): Promise<void>;
}

export interface EmbeddedOptions {
  readonly log: Logger;
  /** A socket lies here where no better place can hold it. */
  readonly stateDirectory: string;
  readonly environment?: NodeJS.ProcessEnv;
}

const stderrKeptCharacters = 4_000;

/** What the program's first line says where it is started by its name: it takes less memory so. */
const NODE_FLAGS = ['--max-semi-space-size=1'];
const MALLOC_SETTINGS = { MALLOC_ARENA_MAX: '2' };

/**
 * Starts `btsoot-remote serve --embedded` on a root (a byte string) and waits until it listens on a private socket. It
 * ends when our end of its stdin closes, so also when we are killed.
 * @throws BtsootError of kind `unreachable` with what it wrote to stderr, `io` where there is no place for the socket.
 */
export async function startEmbeddedRemote(root: string, options: EmbeddedOptions): Promise<EmbeddedRemote> {
  const { log, stateDirectory, environment = process.env } = options;
  const directory = await makeSocketFolder(stateDirectory, environment);
  const socketPath = path.join(directory, SOCKET_NAME);
  const [command, ...before] = remoteCommand(environment);
  const rootText = toBytes(root).toString('utf8');
  const child = spawn(command, [...before, 'serve', '--embedded', '--root', rootText, '--socket', socketPath], {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { ...process.env, ...MALLOC_SETTINGS },
    // A group of its own: Ctrl-C is for us, who then end it in order.
    detached: true,
  });
  const stderr = collectStderr(child, log);
  const close = async (): Promise<void> => {
    await endChild(child);
    await rm(directory, { recursive: true, force: true });
  };
  try {
    await untilReady(child);
    return { socketPath, close };
  } catch (error) {
    await close();
    const reason = stderr() || (error instanceof Error ? error.message : String(error));
    throw new BtsootError('unreachable', `the remote agent for ${display(root)} did not start: ${reason}`, {
      hint: `\`btsoot-remote doctor --root ${display(root)}\` says what is wrong there.`,
      cause: error,
    });
  }
}

/** `$BTSOOT_REMOTE_BIN`, else the program of the package beside this one. */
function remoteCommand(environment: NodeJS.ProcessEnv): [string, ...string[]] {
  const given = environment['BTSOOT_REMOTE_BIN'];
  if (given !== undefined && given !== '') return given.endsWith('.js') ? nodeCommand(given) : [given];
  const manifest = createRequire(import.meta.url).resolve('@btsoot/agent-remote/package.json');
  const { bin } = JSON.parse(readFileSync(manifest, 'utf8')) as { bin: Record<string, string> };
  return nodeCommand(path.join(path.dirname(manifest), bin['btsoot-remote'] ?? 'bundle/main.js'));
}

function nodeCommand(program: string): [string, ...string[]] {
  return [process.execPath, ...NODE_FLAGS, program];
}

function collectStderr(child: ChildProcess, log: Logger): () => string {
  let text = '';
  child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
    text = (text + chunk).slice(-stderrKeptCharacters);
    log.log(/\b(warn|error)\b/.test(chunk) ? 'warn' : 'debug', 'embedded remote agent', { stderr: chunk.trimEnd() });
  });
  return () => text.trim();
}

function untilReady(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(
      () => reject(new Error(`it said nothing for ${limits.embeddedStartMaxMs} ms`)),
      limits.embeddedStartMaxMs,
    );
    let said = '';
    child.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
      said = (said + chunk).slice(-stderrKeptCharacters);
      if (/^ready$/m.test(said)) settle(resolve);
    });
    child.once('error', (error) => settle(() => reject(error)));
    // `close`, not `exit`: its last words on stderr have then been read.
    child.once('close', (code, signal) => settle(() => reject(new Error(`it ended with ${signal ?? `status ${code}`}`))));
    child.stdin?.on('error', () => {}); // it may end before we close its stdin
    function settle(how: () => void): void {
      clearTimeout(timer);
      how();
    }
  });
}

async function endChild(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.stdin?.end();
  const timer = setTimeout(() => child.kill('SIGKILL'), limits.embeddedStopMaxMs);
  await ended;
  clearTimeout(timer);
}
