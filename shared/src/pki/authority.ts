import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { AsnConvert } from '@peculiar/asn1-schema';
import {
  BasicConstraints,
  Certificate,
  ExtendedKeyUsage,
  type Extension,
  GeneralName,
  id_ce_basicConstraints,
  id_ce_extKeyUsage,
  id_ce_keyUsage,
  id_ce_subjectAltName,
  id_kp_clientAuth,
  id_kp_serverAuth,
  KeyUsage,
  KeyUsageFlags,
  SubjectAlternativeName,
} from '@peculiar/asn1-x509';
import { buildCertificate, commonName, extension } from './certificate.js';
import { derOf, pemOf } from './fingerprint.js';
import { makeKey, readRequest } from './request.js';

/** A private key (PKCS #8) with its certificate, both PEM. */
export interface KeyAndCertificate {
  readonly keyPem: string;
  readonly certificatePem: string;
}

/** The name that every remote's server certificate bears: what it is trusted for is its CA, not its address. */
export const remoteServerName = 'btsoot-remote';

const validityYears = 20;
/** Long past, and the same for all: a machine without a clock of its own must not find a certificate not yet valid. */
const notBefore = new Date('2020-01-01T00:00:00Z');
/** A clock that says less than this is wrong, and would make certificates that are outdated once it is right. */
const clockFloorMs = Date.parse('2026-01-01T00:00:00Z');

/** Makes a CA that signs certificates of one remote and of its sources, and nothing below them. Valid for 20 years. */
export function makeAuthority(remoteName: string, nowMs: number): KeyAndCertificate {
  const keyPem = makeKey();
  const key = createPrivateKey(keyPem);
  const name = `BTSOOT remote ${remoteName}`;
  const der = buildCertificate({
    subject: name,
    subjectKey: createPublicKey(key),
    issuer: commonName(name),
    issuerKey: key,
    notBefore,
    notAfter: yearsAfter(nowMs),
    extensions: [
      extension(id_ce_basicConstraints, true, new BasicConstraints({ cA: true, pathLenConstraint: 0 })),
      extension(id_ce_keyUsage, true, new KeyUsage(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign)),
    ],
  });
  return { keyPem, certificatePem: pemOf(der) };
}

/** Makes the key and certificate that a remote serves with. */
export function issueServerCertificate(authority: KeyAndCertificate): KeyAndCertificate {
  const keyPem = makeKey();
  const names = new SubjectAlternativeName([new GeneralName({ dNSName: remoteServerName })]);
  const certificatePem = issue(authority, remoteServerName, createPublicKey(keyPem), [
    extension(id_ce_extKeyUsage, false, new ExtendedKeyUsage([id_kp_serverAuth])),
    extension(id_ce_subjectAltName, false, names),
  ]);
  return { keyPem, certificatePem };
}

/**
 * Signs a source's request, and returns its certificate as PEM. The request's own subject is not used.
 * @throws BtsootError of kind `invalid` for a request that cannot be used, see `readRequest`.
 */
export function issueSourceCertificate(authority: KeyAndCertificate, sourceName: string, requestDer: Uint8Array): string {
  return issue(authority, sourceName, readRequest(requestDer), [
    extension(id_ce_extKeyUsage, false, new ExtendedKeyUsage([id_kp_clientAuth])),
  ]);
}

function issue(authority: KeyAndCertificate, subject: string, subjectKey: KeyObject, extensions: readonly Extension[]): string {
  const issuer = AsnConvert.parse(derOf(authority.certificatePem), Certificate).tbsCertificate;
  const der = buildCertificate({
    subject,
    subjectKey,
    issuer: issuer.subject,
    issuerKey: createPrivateKey(authority.keyPem),
    notBefore,
    notAfter: issuer.validity.notAfter.getTime(),
    extensions: [
      extension(id_ce_basicConstraints, true, new BasicConstraints({ cA: false })),
      extension(id_ce_keyUsage, true, new KeyUsage(KeyUsageFlags.digitalSignature)),
      ...extensions,
    ],
  });
  return pemOf(der);
}

function yearsAfter(nowMs: number): Date {
  const until = new Date(Math.max(nowMs, clockFloorMs));
  until.setUTCFullYear(until.getUTCFullYear() + validityYears);
  until.setUTCMilliseconds(0);
  return until;
}
