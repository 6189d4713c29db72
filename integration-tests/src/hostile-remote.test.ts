import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Name } from '@btsoot/shared/model/bytes.js';
import { BtsootError } from '@btsoot/shared/model/errors.js';
import { tree } from '@btsoot/shared/model/memory-tree.js';
import { dir, file, link } from '@btsoot/shared/model/sketch.js';
import { nodeToWire } from '@btsoot/shared/wire/convert.js';
import type { ApplyReply } from '@btsoot/shared/wire/messages.js';
import type { RemoteHandlers } from '@btsoot/shared/wire/server.js';
import { fakeRemote, lists, opens } from './harness/fake-remote.js';
import { assertBuilt } from './harness/programs.js';
import type { Finished } from './harness/running.js';
import { file as onDisk, plant } from './harness/tree.js';
import { temporaryDirectory } from './harness/world.js';

/* A real `btsoot` and a remote that lies: it never crashes, never writes what it should not, and says clearly what is wrong. */

const EVIL = '\x1b[2J\x1b]0;owned\x07\u009b31m\u202e\r\n';

/** Nothing in it would drive a terminal, and no line of it is without an end. */
function assertHarmless({ stdout, stderr }: Finished): void {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  assert.doesNotMatch(stdout + stderr, /[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e]/);
  assert.ok(stdout.length + stderr.length < 20_000, `${stdout.length + stderr.length} characters`);
}

function ends(run: Finished, status: number, text: RegExp): void {
  assertHarmless(run);
  assert.equal(run.status, status, `${run.stdout}\n${run.stderr}`);
  assert.match(run.stdout + run.stderr, text);
  assert.doesNotMatch(run.stderr, /something that should not happen|\n\s+at /);
}

/** Takes all steps, and says what the test wants of them. */
function replies(make: (steps: number) => Iterable<ApplyReply>): RemoteHandlers['apply'] {
  return async function* (requests) {
    let steps = 0;
    for await (const request of requests) {
      steps += request.steps?.steps.length ?? 0;
      if (request.request === 'finish') yield* make(steps);
    }
  };
}

test('a remote that lies', { timeout: 600_000 }, async (t) => {
  assertBuilt();
  const directory = temporaryDirectory(t);
  const victim = join(directory, 'victim');
  const nas = join(directory, 'nas');
  for (const folder of [victim, nas]) mkdirSync(folder);
  writeFileSync(join(victim, 'precious'), 'precious');
  plant(nas, onDisk('a', 'first'), onDisk('b', 'second'));
  const remote = await fakeRemote(t, join(directory, 'home'));
  const { source } = remote;
  await source.mustRun('add', 'photos', nas, 'pi:photos');
  const sync = (): Promise<Finished> => source.run('sync', 'photos', '--retries', '0');
  const restore = (to: string, ...more: string[]): Promise<Finished> =>
    source.run('restore', 'photos', '--to', join(directory, to), ...more);
  const nothing = tree();
  const finished = (digest = '02'.repeat(16)): ApplyReply => ({
    finished: {
      stateDigest: Buffer.from(digest, 'hex'),
      sessionNumber: 1,
      history: { sessions: 0, oldestUs: 0, versions: 0, bytes: 0 },
      unheldXattrs: 0,
    },
  });

  const lying: [string, Partial<RemoteHandlers>, number, RegExp][] = [
    [
      'a digest that its listing does not have',
      { openSession: opens(nothing, { stateDigest: '03'.repeat(16) }) },
      1,
      /does not add up to the digest/,
    ],
    [
      'steps acknowledged that were never sent',
      { apply: replies((steps) => [{ committed: { steps: steps + 1, failures: [] } }]) },
      1,
      /acknowledged steps that it was not sent/,
    ],
    ['an end without acknowledgements', { apply: replies(() => [finished()]) }, 1, /without acknowledging every step/],
    [
      'an end in another state',
      { apply: replies((steps) => [{ committed: { steps, failures: [] } }, finished()]) },
      1,
      /not in the state that its steps lead to/,
    ],
    ['no end at all', { apply: replies((steps) => [{ committed: { steps, failures: [] } }]) }, 5, /half way/],
    ['a reply that says nothing', { apply: replies(() => [{}]) }, 1, /says nothing/],
    [
      'failures that would drive a terminal',
      {
        apply: replies((steps) => [
          { committed: { steps, failures: [{ step: 0, reason: 'FAILED', message: EVIL + 'x'.repeat(1_000) }] } },
          finished(),
        ]),
      },
      1,
      /not in the state/,
    ],
    ['a session that is never opened', { openSession: async function* () {} }, 5, /ended the session before it had begun/],
    ['no room at all', { openSession: opens(nothing, { freeBytes: 0 }) }, 3, /refused/],
    [
      'numbers over all bounds',
      {
        openSession: async function* () {
          yield { opened: { freeBytes: 2 ** 63 } };
        },
      },
      1,
      /not valid/,
    ],
    [
      'another manifest than before',
      { openSession: opens(nothing, { manifestId: '00000000-0000-4000-8000-000000000009' }) },
      3,
      /not the one that this block was mirrored to/,
    ],
  ];
  const honest = { openSession: opens(nothing), listChildren: lists(nothing) };
  for (const [name, lies, status, text] of lying) {
    await t.test(name, async () => {
      remote.answer({ ...honest, ...lies });
      ends(await sync(), status, text);
    });
  }

  await t.test('errors as long as a book, with codes for the terminal in text and hint', async () => {
    remote.answer({
      // biome-ignore lint/correctness/useYield: it only fails
      openSession: async function* () {
        throw new BtsootError('io', `${EVIL}${'x'.repeat(100_000)}`, { hint: EVIL.repeat(1_000) });
      },
    });
    ends(await sync(), 1, /xxxx/);
  });

  // All that a name cannot be is in wire/convert.test.ts.
  for (const name of ['..', '../../home']) {
    await t.test(`a child that is called ${JSON.stringify(name)}`, async () => {
      const honestChild = tree(file('x', 'bytes'));
      const [child] = honestChild.children(honestChild.root().id);
      assert.ok(child !== undefined);
      remote.answer({
        openSession: opens(honestChild),
        async *listChildren(requests) {
          for await (const { directoryIds } of requests) {
            yield {
              directoryId: directoryIds[0] ?? 0,
              children: [{ ...nodeToWire(child), name: Buffer.from(name) }],
              last: true,
            };
          }
        },
      });
      ends(await restore('named'), 1, /not valid/);
      assert.deepEqual(existsSync(join(directory, 'named')) ? readdirSync(join(directory, 'named')) : [], []);
    });
  }

  const content = Buffer.from('bytes');
  const reading = (...parts: Buffer[]): RemoteHandlers['readContents'] =>
    async function* (requests) {
      for await (const _ of requests) for (const data of parts) yield { data };
    };
  const one = tree(file('x', 'bytes'));
  const serves = (of: ReturnType<typeof tree>) => ({ openSession: opens(of), listChildren: lists(of) });

  await t.test('content that is not what its hash says never gets its name', async () => {
    remote.answer({ ...serves(one), readContents: reading(Buffer.from('BYTES')) });
    ends(await restore('wrong'), 4, /x/);
    assert.deepEqual(readdirSync(join(directory, 'wrong')), []);
    remote.answer({ ...serves(one), readContents: reading(Buffer.concat([content, content])) });
    ends(await restore('wrong'), 1, /more file data came than announced/);
    remote.answer({ ...serves(one), readContents: reading(Buffer.alloc(0)) });
    ends(await restore('wrong'), 1, /0 bytes/);
    remote.answer({
      ...serves(one),
      async *readContents(requests) {
        for await (const _ of requests) yield { missing: { message: EVIL } };
      },
    });
    ends(await restore('wrong'), 4, /x/);
    assert.deepEqual(readdirSync(join(directory, 'wrong')), []);
  });

  await t.test(
    'links that lead out are links, and nothing goes through them; nor into the working folder of a restore',
    async () => {
      const evil = tree(
        dir('.btsoot-restore', link('staging', victim), link('stash', victim)),
        link('out', victim),
        link('up', '../../..'),
        file(`evil ${EVIL.replaceAll('\n', '')}`.slice(0, 20) as Name, 'bytes'),
        file('x', 'bytes'),
      );
      remote.answer({ ...serves(evil), readContents: reading(content) });
      for (let count = 0; count < 2; count++) assertHarmless(await restore('links'));
      assertHarmless(await restore('links', '--dry-run'));
      assert.equal(readlinkSync(join(directory, 'links', 'out')), victim);
      assert.deepEqual(readFileSync(join(directory, 'links', 'x')), content);
      assert.deepEqual(readdirSync(victim), ['precious']);
      assert.equal(readFileSync(join(victim, 'precious'), 'utf8'), 'precious');
    },
  );

  await t.test('after all this, the source is as it was, and a sync gets as far as the remote lets it', async () => {
    remote.answer({ ...honest, apply: replies((steps) => [{ committed: { steps, failures: [] } }, finished()]) });
    ends(await sync(), 1, /not in the state/);
    assert.deepEqual(readdirSync(nas).sort(), ['a', 'b']);
    assert.equal(readFileSync(join(nas, 'a'), 'utf8'), 'first');
  });
});
