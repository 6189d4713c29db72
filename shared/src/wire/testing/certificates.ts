import { createPublicKey, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';

/** A remote's CA with a server certificate and one source's, all PEM, as pairing would have made them. */
export interface TestRemote {
  readonly ca: string;
  readonly server: { readonly certificate: string; readonly key: string };
  readonly source: { readonly certificate: string; readonly key: string };
}

const VALID_UNTIL = '491231235959Z';

/** @param until when the server's and the source's certificates end, as YYMMDDHHMMSSZ */
export function makeTestRemote(serverName = 'btsoot-remote', until: { server?: string; source?: string } = {}): TestRemote {
  const caKey = newKey();
  const serverKey = newKey();
  const sourceKey = newKey();
  const caName = `ca ${randomBytes(4).toString('hex')}`;
  const issue = (subject: string, key: KeyObject, extension: Buffer, validUntil = VALID_UNTIL) =>
    certificate({ subject, key, issuer: caName, issuerKey: caKey, extension, validUntil });
  return {
    ca: issue(caName, caKey, CA_EXTENSION),
    server: { certificate: issue(serverName, serverKey, dnsNameExtension(serverName), until.server), key: pemOfKey(serverKey) },
    source: { certificate: issue('nas', sourceKey, LEAF_EXTENSION, until.source), key: pemOfKey(sourceKey) },
  };
}

interface Facts {
  readonly subject: string;
  readonly key: KeyObject;
  readonly issuer: string;
  readonly issuerKey: KeyObject;
  readonly extension: Buffer;
  readonly validUntil: string;
}

/** X.509 v3, ECDSA P-256 with SHA-256, one extension, valid from 2020 on: RFC 5280 by hand, in a few lines of DER. */
function certificate({ subject, key, issuer, issuerKey, extension, validUntil }: Facts): string {
  const algorithm = sequence(oid('2a8648ce3d040302'));
  const publicKey = createPublicKey(key).export({ type: 'spki', format: 'der' });
  const validity = sequence(der(0x17, Buffer.from('200101000000Z')), der(0x17, Buffer.from(validUntil)));
  const version = der(0xa0, der(0x02, Buffer.from([2])));
  const serial = der(0x02, Buffer.concat([Buffer.from([1]), randomBytes(8)]));
  const extensions = der(0xa3, sequence(extension));
  const tbs = sequence(version, serial, algorithm, name(issuer), validity, name(subject), publicKey, extensions);
  const signature = der(0x03, Buffer.concat([Buffer.from([0]), sign('sha256', tbs, issuerKey)]));
  const base64 = sequence(tbs, algorithm, signature).toString('base64').replace(/.{64}/g, '$&\n');
  return `-----BEGIN CERTIFICATE-----\n${base64}\n-----END CERTIFICATE-----\n`;
}

const BASIC_CONSTRAINTS = oid('551d13');
const TRUE = der(0x01, Buffer.from([0xff]));
const CA_EXTENSION = sequence(BASIC_CONSTRAINTS, TRUE, der(0x04, sequence(TRUE)));
const LEAF_EXTENSION = sequence(BASIC_CONSTRAINTS, der(0x04, sequence()));

function dnsNameExtension(dnsName: string): Buffer {
  return sequence(oid('551d11'), der(0x04, sequence(der(0x82, Buffer.from(dnsName)))));
}

function name(commonName: string): Buffer {
  return sequence(der(0x31, sequence(oid('550403'), der(0x0c, Buffer.from(commonName)))));
}

function sequence(...parts: Buffer[]): Buffer {
  return der(0x30, Buffer.concat(parts));
}

function oid(hex: string): Buffer {
  return der(0x06, Buffer.from(hex, 'hex'));
}

function der(tag: number, body: Buffer): Buffer {
  const { length } = body;
  const head = length < 0x80 ? [tag, length] : length < 0x100 ? [tag, 0x81, length] : [tag, 0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from(head), body]);
}

function newKey(): KeyObject {
  return generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
}

function pemOfKey(key: KeyObject): string {
  return key.export({ type: 'pkcs8', format: 'pem' }).toString();
}
