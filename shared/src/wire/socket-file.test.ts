import { strict as assert } from 'node:assert';
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { ControlClient, RemoteClient } from './client.js';
import { type ControlHandlers, serveControl, serveRemote } from './server.js';
import { collect, GREETING, NOTHING } from './testing/serving.js';

const AGENT: ControlHandlers = {
  async ping() {
    return { version: '0.1.0', pid: 42 };
  },
  async *sync({ block }) {
    yield { json: `{"block":"${block}"}` };
  },
  async agentStatus() {
    return { pid: 42 };
  },
  async pause() {
    return {};
  },
  async resume() {
    return {};
  },
};

function folder(t: TestContext): string {
  const made = mkdtempSync(join(tmpdir(), 'btsoot-socket-'));
  t.after(() => rmSync(made, { recursive: true }));
  return made;
}

test('the control socket is private, answers, and is gone after closing', async (t) => {
  const path = join(folder(t), 'state', 'agent.sock');
  const server = await serveControl(AGENT, path);
  assert.equal(statSync(join(path, '..')).mode & 0o777, 0o700);
  assert.equal(statSync(path).mode & 0o777, 0o600);
  const client = ControlClient.connect(path);
  assert.equal((await client.ping()).pid, 42);
  assert.deepEqual(await collect(client.sync({ block: 'photos' })), [{ json: '{"block":"photos"}' }]);
  assert.equal((await client.agentStatus()).pid, 42);
  client.close();
  await server.close(1_000);
  assert.equal(existsSync(path), false);
});

test('on a socket, a remote agent sees no fingerprint', async (t) => {
  const path = join(folder(t), 'remote.sock');
  const seen: unknown[] = [];
  const handlers = {
    ...NOTHING,
    async hello(_: unknown, context: { fingerprint: string | null }) {
      seen.push(context.fingerprint);
      return GREETING;
    },
  };
  const server = await serveRemote(handlers, { kind: 'unix', path });
  t.after(() => server.close(0));
  const client = RemoteClient.connect({ kind: 'unix', path });
  t.after(() => client.close());
  await client.hello();
  assert.deepEqual(seen, [null]);
});

test('the socket of a living process is respected, that of a dead one is replaced', async (t) => {
  const path = join(folder(t), 'agent.sock');
  // A process that ends without closing leaves its socket behind.
  const script = `require('net').createServer().listen(${JSON.stringify(path)}, () => process.kill(process.pid, 'SIGKILL'))`;
  spawnSync(process.execPath, ['-e', script]);
  assert.ok(statSync(path).isSocket());
  const server = await serveControl(AGENT, path);
  t.after(() => server.close(0));
  await assert.rejects(serveControl(AGENT, path), { name: 'BtsootError', kind: 'exists' });
  const client = ControlClient.connect(path);
  t.after(() => client.close());
  assert.equal((await client.ping()).pid, 42, 'the first one still answers');
});

test('a file in the way, a folder open to others and an overlong path are refused', async (t) => {
  const made = folder(t);
  writeFileSync(join(made, 'agent.sock'), 'mine');
  await assert.rejects(serveControl(AGENT, join(made, 'agent.sock')), { kind: 'exists' });
  await assert.rejects(serveControl(AGENT, join(made, 'x'.repeat(120))), { kind: 'invalid' });
  chmodSync(made, 0o777);
  await assert.rejects(serveControl(AGENT, join(made, 'other.sock')), { kind: 'denied' });
});

test('no agent on a socket is unreachable', async (t) => {
  const client = ControlClient.connect(join(folder(t), 'agent.sock'));
  t.after(() => client.close());
  await assert.rejects(client.ping(), { kind: 'unreachable' });
});
