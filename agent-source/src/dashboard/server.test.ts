import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { type IncomingMessage, type OutgoingHttpHeaders, request } from 'node:http';
import { connect, type Socket } from 'node:net';
import { hostname } from 'node:os';
import { type TestContext, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { limits } from '@btsoot/shared/model/limits.js';
import { syncResult } from '../fixtures.js';
import { Access } from './access.js';
import { freePort, type Served, servedAgent } from './fixture.js';
import { serveDashboard } from './server.js';

const DONE = async () => syncResult();

/** Bound to more than loopback: who asks needs the token. */
function servedToAll(t: TestContext): Promise<Served> {
  return servedAgent(t, DONE, '0.0.0.0');
}

test('the page and its files are served with a strict policy, and nothing beside them', async (t) => {
  const { ask } = await servedAgent(t, DONE);
  const page = await ask('GET', '/');
  assert.equal(page.status, 200);
  assert.match(page.text, /<script type="module" src="\/main\.js">/);
  assert.match(String(page.headers['content-security-policy']), /default-src 'none'; script-src 'self'/);
  assert.equal(page.headers['x-content-type-options'], 'nosniff');
  assert.equal(page.headers['access-control-allow-origin'], undefined);
  assert.match(String((await ask('GET', '/main.js')).headers['content-type']), /^text\/javascript/);
  const human = (await ask('GET', '/human.js')).text;
  assert.match(human, /^export function formatBytes/m);
  assert.doesNotMatch(human, /^import|^export .* from/m, 'a browser has nothing that it could be imported from');
  assert.equal((await ask('HEAD', '/style.css')).text, '');
  const wild = [
    '/../package.json',
    '/%2e%2e/package.json',
    '/..%2fpackage.json',
    '/./../src/main.ts',
    '//etc/passwd',
    '/index.html/..%00',
  ];
  for (const target of [...wild, 'http://evil.example/../../etc/passwd', '/api', '/api/blocks//sync', '/main.js/', '*'])
    assert.doesNotMatch((await ask('GET', target)).text, /"name"|root:|import/, target);
  for (const target of wild) assert.equal((await ask('GET', target)).status, 404, target);
});

test('a name of somebody else is refused for all there is', async (t) => {
  const { ask } = await servedAgent(t, DONE);
  for (const target of ['/', '/main.js', '/api/overview', '/nothing'])
    assert.equal((await ask('GET', target, { Host: 'evil.example' })).status, 403, target);
});

test('posts come from the page itself', async (t) => {
  let runs = 0;
  const { ask, post, port } = await servedAgent(t, async () => {
    runs++;
    return syncResult();
  });
  const path = '/api/blocks/photos/sync';
  const json = { 'Content-Type': 'application/json' };
  assert.equal((await ask('POST', path, json, '{}')).status, 403);
  assert.equal((await post(path, {}, { Origin: 'http://evil.example' })).status, 403);
  assert.equal((await post(path, {}, { 'Sec-Fetch-Site': 'cross-site' })).status, 403);
  assert.equal((await post(path, {}, { 'Content-Type': 'text/plain' })).status, 415);
  assert.equal((await ask('GET', path)).status, 405);
  assert.equal((await ask('OPTIONS', path, { Origin: `http://127.0.0.1:${port}` })).status, 405);
  assert.equal(runs, 0);
  assert.equal((await post(path)).status, 202);
  assert.equal((await post('/api/blocks/music/sync')).status, 404);
  assert.equal((await post(path, { more: 1 })).status, 400);
});

test('beyond loopback nothing is told without the token', async (t) => {
  const { ask, post, token } = await servedToAll(t);
  assert.equal((await ask('GET', '/')).status, 200);
  assert.deepEqual((await ask('GET', '/api/access')).value, { isKnown: false });
  for (const target of ['/api/overview', '/api/events', '/api/blocks/photos/history', '/api/blocks/photos/folder'])
    assert.equal((await ask('GET', target)).status, 401, target);
  assert.equal((await post('/api/blocks/photos/sync')).status, 401);
  assert.equal((await ask('GET', '/api/overview', { Authorization: `Bearer ${token}` })).status, 200);
  assert.equal((await ask('GET', '/api/overview', { Authorization: `Bearer ${token.slice(1)}` })).status, 401);
  const login = await post('/api/login', { token });
  const cookie = String(login.headers['set-cookie']?.[0]).split(';')[0];
  assert.equal((await ask('GET', '/api/overview', { Cookie: cookie })).status, 200);
  assert.equal((await post('/api/blocks/photos/sync', {}, { Cookie: cookie })).status, 202);
});

test('however many wrong tokens come, the right one lets in, and the log stays short', async (t) => {
  const { post, token, lines } = await servedToAll(t);
  for (let tries = 0; tries < limits.dashboardLoginTriesMax; tries++)
    assert.equal((await post('/api/login', { token: `${tries}` })).status, 403);
  for (const wrong of ['x', 'y']) assert.equal((await post('/api/login', { token: wrong })).status, 429);
  assert.equal((await post('/api/login', { token })).status, 200);
  assert.equal(lines.filter((line) => line.includes('without the right key')).length, limits.dashboardLoginTriesMax);
  assert.equal(
    lines.some((line) => line.includes(token)),
    false,
  );
});

test('on loopback, other users of this machine need the token too', { skip: process.geteuid?.() !== 0 }, async (t) => {
  const { ask, port, token } = await servedAgent(t, DONE);
  assert.deepEqual((await ask('GET', '/api/access')).value, { isKnown: true });
  const get = `
    const [port, token] = process.argv.slice(1);
    fetch('http://127.0.0.1:' + port + '/api/overview', { headers: token ? { Authorization: 'Bearer ' + token } : {} })
      .then((answer) => console.log(answer.status));`;
  const run = (...args: string[]): Promise<string> => statusFor(65_534, get, String(port), ...args);
  assert.equal(await run(), '401\n');
  assert.equal(await run(token), '200\n');
});

test('a proxy that runs as the own user lets nobody in who has no token', async (t) => {
  const { ask, token } = await servedAgent(t, DONE);
  const known = async (headers: OutgoingHttpHeaders): Promise<unknown> => (await ask('GET', '/api/access', headers)).value;
  assert.deepEqual(await known({}), { isKnown: true });
  const marks = {
    'X-Forwarded-For': '192.0.2.1',
    'X-Forwarded-Proto': 'https',
    'X-Real-IP': '192.0.2.1',
    Via: '1.1 a',
    Forwarded: '',
  };
  const handedOn = [{ Host: hostname() }, ...Object.entries(marks).map(([name, value]) => ({ [name]: value }))];
  for (const headers of handedOn) {
    assert.deepEqual(await known(headers), { isKnown: false }, JSON.stringify(headers));
    assert.deepEqual(await known({ ...headers, Authorization: `Bearer ${token}` }), { isKnown: true });
  }
});

test('what is too large or too slow is not waited for', async (t) => {
  const { ask, post } = await servedAgent(t, DONE);
  assert.equal((await ask('GET', '/', { 'X-Long': 'x'.repeat(limits.dashboardHeadMaxBytes) })).status, 431);
  const most = limits.dashboardBodyMaxBytes - '{"token":""}'.length;
  assert.equal((await post('/api/login', { token: 'x'.repeat(most) })).status, 400);
  const over = await post('/api/login', { token: 'x'.repeat(most + 1) });
  assert.equal(over.status, 400);
  assert.match(over.text, /more than 262144 bytes/);
});

/** Connections that say nothing, or begin to and do not go on. */
async function holding(t: TestContext, port: number, count: number, words = ''): Promise<Socket[]> {
  const sockets: Socket[] = [];
  for (let made = 0; made < count; made++) {
    const socket = connect(port, '127.0.0.1');
    t.after(() => socket.destroy());
    socket.on('error', () => undefined).resume();
    await once(socket, 'connect');
    socket.write(words);
    sockets.push(socket);
  }
  return sockets;
}

/** It may be over already. */
async function closing(socket: Socket): Promise<void> {
  if (!socket.closed) await once(socket, 'close');
}

test('who holds all connections keeps nobody out', async (t) => {
  const { ask, port } = await servedAgent(t, DONE);
  const slowBody = `POST /api/login HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nContent-Length: 9\r\n\r\n{`;
  for (const words of ['', 'GET / HTTP/1.1\r\nHost:', slowBody]) {
    const sockets = await holding(t, port, limits.dashboardConnectionsMax, words);
    assert.equal((await ask('GET', '/')).status, 200, words);
    await closing(sockets[0] ?? assert.fail());
  }
});

test('what is not said within its time is cut off', async (t) => {
  const before = { ...limits };
  t.after(() => void Object.assign(limits, before));
  Object.assign(limits, { dashboardRequestMaxMs: 20, dashboardLookEveryMs: 20 });
  const { port } = await servedAgent(t, DONE);
  const sockets = [...(await holding(t, port, 1)), ...(await holding(t, port, 1, 'GET / HTTP/1.1\r\nHost: a\r\nX:'))];
  await Promise.all(sockets.map(closing));
});

/** The dashboard with a file that no buffer of the kernel holds, and the connections that have asked for it. */
async function servingMuch(t: TestContext): Promise<{ readonly port: number; readonly asked: Socket[] }> {
  const asked: Socket[] = [];
  class Seeing extends Access {
    override isKnown(request: IncomingMessage): Promise<boolean> {
      asked.push(request.socket);
      return super.isKnown(request);
    }
  }
  const port = await freePort();
  const server = await serveDashboard({
    address: { host: '127.0.0.1', port },
    door: { names: [], onLoopback: true },
    access: new Seeing({ token: 'x', onLoopback: true, ownUser: undefined }),
    workshop: undefined as never,
    files: new Map([
      ['/much', { type: 'text/plain', bytes: Buffer.alloc(32 * 1024 * 1024) }],
      ['/little', { type: 'text/plain', bytes: Buffer.from('little') }],
    ]),
    onError: assert.ifError,
  });
  t.after(() => server.close());
  return { port, asked };
}

/** Asks for much, and reads nothing of it. */
async function takingNothing(t: TestContext, port: number): Promise<void> {
  const socket = connect(port, '127.0.0.1').on('error', () => undefined);
  t.after(() => socket.destroy());
  await once(socket, 'connect');
  socket.write(`GET /much HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n\r\n`);
  await once(socket, 'readable');
}

test('who does not take his answers keeps nobody out either', async (t) => {
  const before = { ...limits };
  t.after(() => void Object.assign(limits, before));
  Object.assign(limits, { dashboardConnectionsMax: 3 });
  const { port, asked } = await servingMuch(t);
  for (let count = 0; count < limits.dashboardConnectionsMax; count++) await takingNothing(t, port);
  assert.equal(await (await fetch(`http://127.0.0.1:${port}/little`)).text(), 'little');
  await closing(asked[0] ?? assert.fail());
});

test('an answer that is not taken within its time is cut off', async (t) => {
  const before = { ...limits };
  t.after(() => void Object.assign(limits, before));
  Object.assign(limits, { dashboardRequestMaxMs: 50 });
  const { port, asked } = await servingMuch(t);
  await takingNothing(t, port);
  await closing(asked[0] ?? assert.fail());
});

async function look({ port }: Served): Promise<{ readonly status: number; readonly ended: Promise<string> }> {
  const asking = request({ host: '127.0.0.1', port, path: '/api/events', agent: false });
  asking.end();
  const [answer] = (await once(asking, 'response')) as [IncomingMessage];
  const read = async (): Promise<string> => {
    let text = '';
    for await (const part of answer) text += part;
    return text;
  };
  return { status: answer.statusCode ?? 0, ended: read().catch(String) };
}

test('so many may look; one more may too, and the oldest hears why it has to go', async (t) => {
  const served = await servedAgent(t, DONE);
  const looking = [];
  for (let count = 0; count <= limits.dashboardEventStreamsMax; count++) looking.push(await look(served));
  assert.deepEqual(new Set(looking.map(({ status }) => status)), new Set([200]));
  assert.match((await looking[0]?.ended) ?? '', /event: crowded\ndata: \{\}\n\n$/);
  await served.stop();
  for (const { ended } of looking.slice(1)) assert.doesNotMatch(await ended, /crowded/);
});

test('a page stays open while other settings of the agent change, and is served anew when its own do', async (t) => {
  const served = await servedAgent(t, DONE);
  const { paths, lines } = served;
  const first = await look(served);
  const text = readFileSync(paths.configFile, 'utf8');
  const told = async (what: RegExp, times: number): Promise<void> => {
    while (lines.filter((line) => what.test(line)).length < times) await setTimeout(20);
  };
  writeFileSync(paths.configFile, `${text}metrics = "127.0.0.1:${await freePort()}"\n`);
  await told(/metrics are served/, 1);
  assert.equal(lines.filter((line) => /dashboard is served/.test(line)).length, 1);
  writeFileSync(paths.configFile, `${text}dashboard_names = ["nas.example.org"]\n`);
  await told(/dashboard is served/, 2);
  await first.ended;
});

/** Runs a script as another user, without stopping this process, which has to answer it. */
async function statusFor(user: number, script: string, ...args: readonly string[]): Promise<string> {
  const child = spawn(process.execPath, ['-e', script, ...args], {
    uid: user,
    gid: user,
    stdio: ['ignore', 'pipe', 'inherit'],
    cwd: '/',
  });
  let text = '';
  for await (const part of child.stdout) text += part;
  return text;
}
