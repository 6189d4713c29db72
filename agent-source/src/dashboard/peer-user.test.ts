import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { test } from 'node:test';
import { kernelEnd, peerUser, readUserIn } from './peer-user.js';

const TABLE = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:1E22 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1 1 0 100 0 0 10 0
   1: 0100007F:D431 0100007F:1E22 06 00000000:00000000 00:00000000 00000000     7        0 2 1 0
   2: 0100007F:D431 0100007F:1E22 01 00000000:00000000 00:00000000 00000000  1000        0 3 1 0
   3: 0100007F:1E22 0100007F:D431 01 00000000:00000000 00:00000000 00000000     0        0 4 1 0
`;

test('the user is that of the other end, and of a connection that stands', () => {
  const [ours, theirs] = ['0100007F:1E22', '0100007F:D431'];
  assert.equal(readUserIn(TABLE, { from: theirs, to: ours }), 1000);
  assert.equal(readUserIn(TABLE, { from: ours, to: theirs }), 0);
  assert.equal(readUserIn(TABLE, { from: '0100007F:D432', to: ours }), null);
  assert.equal(readUserIn('', { from: theirs, to: ours }), null);
});

test('addresses are written as the kernel does', { skip: new Uint8Array(Uint16Array.of(1).buffer)[0] !== 1 }, () => {
  assert.equal(kernelEnd('127.0.0.1', 7714), '0100007F:1E22');
  assert.equal(kernelEnd('::ffff:127.0.0.1', 7714), '0100007F:1E22');
  assert.equal(kernelEnd('::1', 80), '00000000000000000000000001000000:0050');
  assert.equal(kernelEnd('2001:db8::1:2', 1), 'B80D0120000000000000000002000100:0001');
});

for (const host of ['127.0.0.1', '::1']) {
  test(`of a real connection over ${host}, it is ours`, { skip: process.platform !== 'linux' }, async (t) => {
    const server = createServer();
    server.listen(0, host);
    await once(server, 'listening').catch(() => t.skip(`no ${host} here`));
    const arrived = once(server, 'connection') as Promise<[Socket]>;
    const client = connect((server.address() as AddressInfo).port, host);
    t.after(() => {
      client.destroy();
      server.close();
    });
    const [socket] = await arrived;
    t.after(() => void socket.destroy());
    assert.equal(await peerUser(socket), process.geteuid?.());
  });
}
