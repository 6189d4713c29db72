// @ts-nocheck
import { randomBytes } from 'node:crypto';
import { readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import type { Op } from '@btsoot/shared/delta/op.js';
import { encodeOps } from '@btsoot/shared/delta/ops.js';
import { type Delivery, PLAIN_DELIVERY } from '@btsoot/shared/model/delivery.js';
import type { FileStep } from '@btsoot/shared/model/step.js';
import { RemoteClient } from '@btsoot/shared/wire/client.js';
import { type ApplyOrder, applyOrderToWire, signatureWishToWire } from '@btsoot/shared/wire/convert.js';
import { contentOf, folder, openSession, put, serveRoot, meta, path } from './service-fixture.js';

function delivered(step: FileStep, delivery: Partial<Delivery>): ApplyOrder {
  return { kind: 'steps', steps: [{ step, inline: null, delivery: { ...PLAIN_DELIVERY, ...delivery } }], packed: null };
}
const patch = (ops: readonly Op[], literals = Buffer.alloc(0), position = 0): ApplyOrder => ({ kind: 'patch', ops: encodeOps(ops, position), literals, literalsSizeBytes: 0 });

function rss(pid: number): number { return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1]) / 1024; }

async function attack(name: string, socketOf: string, pid: number, ms: number, run: (signal: AbortSignal) => Promise<unknown>) {
  const other = RemoteClient.connect({ kind: 'unix', path: socketOf });
  await other.hello();
  const stop = new AbortController();
  let over = false; let result: unknown = null;
  const running = run(stop.signal).then((r) => { result = r ?? 'ok'; }, (e) => { result = `${e.kind} ${e.message}`; }).finally(() => { over = true; });
  let worst = 0; let peak = 0;
  const start = performance.now();
  while (!over && performance.now() - start < ms) {
    const at = performance.now();
    await other.hello().catch((e) => { console.log('hello', e.message); });
    worst = Math.max(worst, performance.now() - at);
    peak = Math.max(peak, rss(pid));
    await pause(10);
  }
  const took = performance.now() - start;
  stop.abort();
  const a = performance.now();
  await running;
  let ended = performance.now() - a;
  const b = performance.now();
  await other.hello().catch(() => {});
  console.log(name, { worst: worst|0, took: took|0, ended: ended|0, after: (performance.now()-b)|0, peak: peak|0, result: JSON.stringify(result).slice(0,150) });
  other.close();
}

async function send(client: RemoteClient, orders: ApplyOrder[], signal: AbortSignal) {
  async function* reqs() { for (const o of orders) yield applyOrderToWire(o); await new Promise((r) => signal.addEventListener('abort', r)); }
  const out = [];
  for await (const r of client.apply(reqs(), signal)) out.push(r.committed ?? r.finished);
  return out;
}

const which = process.env.A ?? '';
const T = (name: string, f: Parameters<typeof test>[1]) => test(name, { skip: which !== '' && !name.startsWith(which) }, f as never);
async function setup(t: any, files: Record<string, Buffer | number>) {
  const remote = await serveRoot(t);
  for (const [n, b] of Object.entries(files)) { writeFileSync(join(remote.root, folder, n), typeof b === 'number' ? '' : b); if (typeof b === 'number') truncateSync(join(remote.root, folder, n), b); }
  const session = await openSession(remote.client);
  const args = (remote.process.child as any).spawnargs as string[];
  const socket = args[args.indexOf('--socket') + 1]!;
  return { ...remote, session: session.session, socket, pid: remote.process.child.pid! };
}

T('1 zeros', async (t) => {
  const w = await setup(t, {});
  const step = { kind: 'put', path: path('z'), meta, content: { hash: '0'.repeat(32), sizeBytes: 2 ** 40 }, replaces: null } as FileStep;
  await attack('zeros', w.socket, w.pid, 5000, (s) => send(w.client, [{ kind: 'begin', session: w.session }, delivered(step, {}), patch([{ kind: 'zeros', lengthBytes: 2 ** 40 }]), { kind: 'finish' }], s));
});
T('2 one byte copies', async (t) => {
  const old = randomBytes(4_000_000);
  const w = await setup(t, { old });
  const n = 85_000;
  const ops: Op[] = Array.from({ length: n }, (_, i) => ({ kind: 'copy', basis: 0, from: (i * 97) % 3_900_000, lengthBytes: 1 }));
  const step = put('z', randomBytes(n));
  await attack('one byte copies', w.socket, w.pid, 20000, (s) => send(w.client, [{ kind: 'begin', session: w.session }, delivered(step, { bases: [{ content: contentOf(old), partial: false }] }), patch(ops), { kind: 'finish' }], s));
});
T('3 one byte literals', async (t) => {
  const w = await setup(t, {});
  const n = 131_000;
  const ops: Op[] = Array.from({ length: n }, () => ({ kind: 'literal', lengthBytes: 1 }));
  const step = put('z', randomBytes(n*5));
  const lit = randomBytes(n);
  await attack('one byte literals', w.socket, w.pid, 20000, (s) => send(w.client, [{ kind: 'begin', session: w.session }, delivered(step, {}), ...[0,1,2,3,4].map((i)=>patch(ops, lit, n*i)), { kind: 'finish' }], s));
});
T('4 signatures', async (t) => {
  const old = randomBytes(96_000_000);
  const w = await setup(t, { old });
  const clients = Array.from({ length: 4 }, () => RemoteClient.connect({ kind: 'unix', path: w.socket }));
  await attack('signatures', w.socket, w.pid, 15000, async (s) => {
    const wish = signatureWishToWire({ session: w.session, kind: 'regions', basis: { content: contentOf(old), partial: false }, regions: [{ from: 0, lengthBytes: 80_000_000, blockBytes: 64 }] });
    await Promise.all(clients.flatMap((c) => Array.from({ length: 60 }, async () => {
      const it = c.readSignatures((async function* () { for (let i = 0; i < 3; i++) yield wish; await new Promise((r) => s.addEventListener("abort", r)); })(), s);
      try { await it.next(); await new Promise((r) => s.addEventListener('abort', r)); } finally { await it.return(); }
    })));
  });
  for (const c of clients) c.close();
});

import { encodeLayout } from '@btsoot/shared/delta/layout.js';
import { listDigest } from '@btsoot/shared/delta/chunk-list.js';
import { openNextSession } from './service-fixture.js';
function tinyList(n, chunk, sizeBytes) {
  const ends = Float64Array.from({ length: n }, (_, i) => (i + 1) * chunk); ends[n - 1] = sizeBytes;
  return { averageBytes: 16, ends, hashes: randomBytes(16 * n) };
}
T('5 partials of tiny chunks', async (t) => {
  const w = await setup(t, {});
  const n = 262_144; const size = 8 * n + 1;
  const frames = (b) => Array.from({ length: Math.ceil(b.length / 262144) }, (_, i) => ({ kind: 'data', bytes: b.subarray(i * 262144, (i + 1) * 262144) }));
  const big = (layout) => Array.from({ length: Math.max(0, Math.ceil((layout.length - 16384) / 262144)) }, (_, i) => ({ kind: 'layout', bytes: layout.subarray(16384 + i * 262144, 16384 + (i + 1) * 262144) }));
  const contents = [];
  const orders = [{ kind: 'begin', session: w.session }];
  for (let i = 0; i < 8; i++) {
    const b = randomBytes(size);
    const list = tinyList(n, 8, size);
    const layout = encodeLayout(list, []);
    contents.push(contentOf(b));
    orders.push(delivered(put(`p${i}`, b), { chunksDigest: listDigest(list), layout: layout.subarray(0, 16384) }), ...big(layout), ...frames(b.subarray(0, size - 9)), { kind: 'withdraw', message: 'x' });
  }
  orders.push(delivered(put('end', randomBytes(100000)), {}));
  await attack('making partials', w.socket, w.pid, 20000, (s) => send(w.client, orders, s));
  const stop = new AbortController();
  await attack('asking chunks', w.socket, w.pid, 10000, async (s) => {
    let got = 0;
    for await (const r of w.client.readSignatures(Array.from({ length: 40 }, () => signatureWishToWire({ session: w.session, kind: 'chunks', basis: { content: contents[0], partial: true } })), s)) { if (r.data) got += r.data.length; if (r.missing) console.log('missing', r.missing.message); }
    return got;
  });
  const step = put('z', randomBytes(100000));
  await attack('put of 8 partial bases x20', w.socket, w.pid, 30000, (s) => send(w.client, [{ kind: 'begin', session: w.session }, ...Array.from({ length: 20 }, () => [delivered(step, { bases: contents.map((content) => ({ content, partial: true })) }), { kind: 'withdraw', message: 'x' }]).flat(), { kind: 'finish' }], s));
});
T('6 adopt tiny chunk', async (t) => {
  const w = await setup(t, {});
});
