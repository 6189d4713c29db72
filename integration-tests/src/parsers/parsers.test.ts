import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { BtsootError } from '@btsoot/shared/model/errors.js';
import * as convert from '@btsoot/shared/wire/convert.js';
import { controlPackage, remotePackage } from '@btsoot/shared/wire/proto.js';
import { accepted } from '@btsoot/shared/wire/streams.js';
import fc from 'fast-check';
import { repository } from '../harness/programs.js';
import { type Descriptor, messages } from './arbitraries.js';
import { allParsers } from './parsers.js';
import { assertSane } from './sane.js';

/*
 * Every parser is fed with noise and with what is nearly right. A BtsootError of the right kind may come out, or a value in
 * which all that is promised holds; in bounded time, and nothing else. `BTSOOT_FUZZ_RUNS` makes it as long as one likes.
 */

const runs = Number(process.env['BTSOOT_FUZZ_RUNS'] ?? 150);
const seed = process.env['BTSOOT_FUZZ_RUNS'] === undefined ? { seed: 7 } : {};
/** Of CPU, for one input of at most some kilobytes. */
const inputMaxMs = 2_000;

const parsers = await allParsers();
const unpackOrder = await import(pathToFileURL(join(repository, 'agent-remote/dist/unpack.js')).href).then(
  (module: { unpackOrder: (order: convert.ArrivedOrder) => Promise<unknown> }) => module.unpackOrder,
);

async function feed(parse: () => unknown, throws: readonly string[]): Promise<void> {
  const start = process.cpuUsage();
  try {
    assertSane(await parse());
  } catch (error) {
    if (!(error instanceof BtsootError) || !throws.includes(error.kind)) throw error;
  }
  const { user, system } = process.cpuUsage(start);
  assert.ok((user + system) / 1_000 < inputMaxMs, `it took ${user + system} µs`);
}

for (const [name, parser] of parsers) {
  if (parser.kind !== 'fuzzed') continue;
  test(`${name}: a value or a clear error, whatever comes`, async () => {
    const property = fc.asyncProperty(parser.input, (input) => feed(() => parser.parse(input as never), parser.throws));
    await fc.assert(property, { numRuns: runs, ...seed });
  });
}

type Convert = (message: never) => unknown;

/** What is made of each message, by method. Messages that say nothing, or that their taker looks at by itself, are null. */
const TAKEN: Readonly<Record<string, { readonly request: Convert | null; readonly response: Convert | null }>> = {
  Pair: { request: convert.pairingWishFromWire, response: convert.pairedFromWire },
  Hello: { request: null, response: convert.greetingFromWire },
  CreateBlock: { request: convert.createBlockFromWire, response: convert.createdBlockFromWire },
  OpenSession: { request: convert.openSessionFromWire, response: convert.sessionNewsFromWire },
  ListChildren: { request: convert.childrenQuestionFromWire, response: convert.childrenFromWire },
  Apply: {
    request: (message) => unpackOrder(convert.applyOrderFromWire(message)),
    response: convert.applyNewsFromWire,
  },
  QueryContents: { request: convert.contentsQueryFromWire, response: (message) => convert.heldFromWire(message, 2) },
  ReadContents: { request: convert.readWishFromWire, response: convert.readNewsFromWire },
  ReadSignatures: { request: convert.signatureWishFromWire, response: convert.signatureNewsFromWire },
  ListSessions: { request: null, response: convert.sessionsFromWire },
  ListVersions: { request: convert.versionsQuestionFromWire, response: convert.versionsFromWire },
  Verify: { request: convert.verifyWishFromWire, response: convert.verifyNewsFromWire },
  MeasureLink: { request: convert.linkWishFromWire, response: convert.linkNewsFromWire },
  Ping: { request: null, response: null },
  Sync: { request: null, response: null },
  AgentStatus: { request: null, response: null },
  Pause: { request: null, response: null },
  Resume: { request: null, response: null },
};

const packages = { ...controlPackage(), ...remotePackage() } as unknown as Record<string, { type?: Descriptor }>;
const methods = [remotePackage().Remote, remotePackage().Pairing, controlPackage().Control].flatMap((service) =>
  Object.entries(service.service as unknown as Record<string, Method>),
);

interface Method {
  readonly requestType: { readonly type: Descriptor };
  readonly responseType: { readonly type: Descriptor };
  readonly requestDeserialize: (bytes: Buffer) => object;
  readonly responseDeserialize: (bytes: Buffer) => object;
}

const find = (name: string, nested: readonly Descriptor[]): Descriptor | undefined =>
  nested.find((descriptor) => descriptor.name === name) ?? packages[name]?.type;

for (const [name, method] of methods) {
  for (const way of ['request', 'response'] as const) {
    test(`the ${way} of ${name}: a value or a clear error, whatever comes`, async () => {
      const taken = TAKEN[name];
      assert.ok(taken !== undefined, `${name} is not in the list of what is taken from the wire`);
      const input = messages(method[`${way}Type`].type, find);
      let values = 0;
      const property = fc.asyncProperty(input, (bytes) =>
        feed(async () => {
          const message = accepted(method[`${way}Deserialize`](bytes));
          const value = await taken[way]?.(message as never);
          values++;
          return value;
        }, ['invalid', 'version']),
      );
      await fc.assert(property, { numRuns: 2 * runs, ...seed });
      // Where nothing gets through, nothing behind the first check is tried.
      assert.ok(values > 0, 'no message was ever taken');
    });
  }
}

test('every parser is in the list', () => {
  const found = ['shared', 'agent-remote', 'agent-source'].flatMap(parsersOf).sort();
  assert.ok(found.length > 50, 'the parsers are not found any more');
  assert.deepEqual(
    found.filter((name) => !parsers.has(name)),
    [],
    'these are not in integration-tests/src/parsers/parsers-*.ts',
  );
});

test('what a parser in the list is reached by is fuzzed', () => {
  for (const [name, parser] of parsers) {
    if (parser.kind === 'reached' && parser.by !== 'wire') assert.equal(parsers.get(parser.by)?.kind, 'fuzzed', name);
  }
});

const FUNCTION = /^export (?:async )?function\*? ((?:parse|decode|unpack|read)\w*|\w*FromWire)\b/gm;
const CLASS = /^export class (\w*(?:Reader|Parser|Decoder|Scanner))\b/gm;

function parsersOf(workspace: string): string[] {
  const folder = join(repository, workspace, 'src');
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !/\.test\.ts$|fixture|testing|\/gen\//.test(file))
    .flatMap((file) => {
      const text = readFileSync(join(folder, file), 'utf8');
      return [...text.matchAll(FUNCTION), ...text.matchAll(CLASS)].map(
        (match) => `${workspace}/${file.slice(0, -3)}#${match[1]}`,
      );
    })
    .filter((name) => name !== 'shared/manifest/reader#Reader');
}
