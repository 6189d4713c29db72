import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stateDigest } from '@btsoot/shared/model/digest.js';
import type { Tree } from '@btsoot/shared/model/tree.js';
import { childrenQuestionFromWire, childrenToWire, sessionNewsToWire } from '@btsoot/shared/wire/convert.js';
import { type RemoteHandlers, serveRemote } from '@btsoot/shared/wire/server.js';
import { makeTestRemote, type TestRemote } from '@btsoot/shared/wire/testing/certificates.js';
import { GREETING, NOTHING } from '@btsoot/shared/wire/testing/serving.js';
import { Cleanup, type Scope } from './cleanup.js';
import { SourceAgent } from './source-agent.js';

/** A remote in this process that says what a test has it say, and a real `btsoot` that is paired with it as `pi`. */
export interface FakeRemote {
  readonly source: SourceAgent;
  /** What is answered from now on; what is not named is an honest, empty remote's answer. */
  answer(handlers: Partial<RemoteHandlers>): void;
}

export const FAKE_MANIFEST = '00000000-0000-4000-8000-000000000001';

/** @param identity whose certificates both sides have; by default, such as are good for long */
export async function fakeRemote(scope: Scope, home: string, identity: TestRemote = makeTestRemote()): Promise<FakeRemote> {
  const cleanup = Cleanup.within(scope);
  const honest: RemoteHandlers = {
    ...NOTHING,
    hello: async () => GREETING,
    createBlock: async () => ({ manifestId: FAKE_MANIFEST, existed: true }),
    async queryContents({ contents }) {
      return { held: contents.map(() => false) };
    },
  };
  let answers = honest;
  const names = Object.keys(honest) as (keyof RemoteHandlers)[];
  const handlers = Object.fromEntries(
    names.map((name) => [name, (request: never, context: never) => answers[name](request, context)]),
  ) as unknown as RemoteHandlers;
  const { ca, server: tls } = identity;
  const running = await serveRemote(handlers, { kind: 'tls', host: '127.0.0.1', port: 0, ca, ...tls });
  cleanup.after(() => running.close(0));
  const source = new SourceAgent(home);
  const keys = join(home, 'config', 'remotes', 'pi');
  mkdirSync(keys, { recursive: true, mode: 0o700 });
  for (const [file, text] of [
    ['ca', ca],
    ['cert', identity.source.certificate],
    ['key', identity.source.key],
  ] as const) {
    writeFileSync(join(keys, `${file}.pem`), text, { mode: 0o600 });
  }
  writeFileSync(source.configFile, `[remotes.pi]\naddress = "127.0.0.1:${running.port}"\n`);
  return {
    source,
    answer(next) {
      answers = { ...honest, ...next };
    },
  };
}

/** Opens a session on this tree, and keeps it open until the source leaves. `lies` replace what is said of it. */
export function opens(tree: Tree, lies: Partial<Parameters<typeof sessionNewsToWire>[0]> = {}): RemoteHandlers['openSession'] {
  return async function* (_, { signal }) {
    yield sessionNewsToWire({
      kind: 'opened',
      session: '01'.repeat(16),
      manifestId: FAKE_MANIFEST,
      stateDigest: stateDigest(tree.root()),
      root: tree.root(),
      freeBytes: 1e12,
      drifted: 0,
      lastSession: 0,
      partials: [],
      hasHistory: false,
      reflinks: false,
      fileSizeMaxBytes: null,
      drift: [],
      damaged: 0,
      ...lies,
    } as Parameters<typeof sessionNewsToWire>[0]);
    if (!signal.aborted) await once(signal, 'abort');
  };
}

/** Lists the tree as it is, each folder in one page. */
export function lists(tree: Tree): RemoteHandlers['listChildren'] {
  return async function* (requests) {
    for await (const request of requests) {
      for (const directoryId of childrenQuestionFromWire(request).directoryIds) {
        yield childrenToWire({ directoryId, children: tree.children(directoryId), last: true });
      }
    }
  };
}
