import assert from 'node:assert/strict';
import { test } from 'node:test';
import { issueServerCertificate, issueSourceCertificate, makeAuthority, remoteServerName } from '@btsoot/shared/pki/authority.js';
import { makeRequest } from '@btsoot/shared/pki/request.js';
import { RemoteClient } from '@btsoot/shared/wire/client.js';
import { serveRemote } from '@btsoot/shared/wire/server.js';
import { GREETING, NOTHING } from '@btsoot/shared/wire/testing/serving.js';

/* Certificates as pairing makes them, used for what they are not. */

const authority = makeAuthority('pi', Date.now());
const ca = authority.certificatePem;
const server = issueServerCertificate(authority);

function source(name: string): { certificate: string; key: string } {
  const { keyPem, requestDer } = makeRequest(name);
  return { certificate: issueSourceCertificate(authority, name, requestDer), key: keyPem };
}

test('a paired source cannot be the remote for others, not by its name either; nor the remote a source', async (t) => {
  const handlers = { ...NOTHING, hello: async () => GREETING };
  const servers = { remote: { certificate: server.certificatePem, key: server.keyPem }, impostor: source(remoteServerName) };
  const clients = { source: source('nas'), remote: servers.remote };
  for (const [who, identity] of Object.entries(servers)) {
    const running = await serveRemote(handlers, { kind: 'tls', host: '127.0.0.1', port: 0, ca, ...identity });
    t.after(() => running.close(0));
    for (const [caller, own] of Object.entries(clients)) {
      const client = RemoteClient.connect({ kind: 'tls', host: '127.0.0.1', port: running.port, ca, ...own });
      t.after(() => client.close());
      if (who === 'remote' && caller === 'source') assert.equal((await client.hello()).remoteName, 'pi');
      else
        await assert.rejects(
          client.hello(),
          (error: { kind: string }) => ['denied', 'unreachable'].includes(error.kind),
          `${caller} to ${who}`,
        );
    }
  }
});
