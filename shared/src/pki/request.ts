import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, sign, verify } from 'node:crypto';
import { CertificationRequest, CertificationRequestInfo } from '@peculiar/asn1-csr';
import { AsnConvert } from '@peculiar/asn1-schema';
import { BtsootError, peerFault } from '../model/errors.js';
import { arrayBuffer, commonName, publicKeyInfo, signatureAlgorithm } from './certificate.js';

/** A source's new key, and its request to have it certified. */
export interface KeyAndRequest {
  /** PKCS #8, to be kept 0600. */
  readonly keyPem: string;
  /** PKCS #10. */
  readonly requestDer: Buffer;
}

const requestLengthMaxBytes = 4096;

/** Draws a P-256 key, and returns it as PKCS #8 PEM. */
export function makeKey(): string {
  return generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
}

/** What a source agent makes before it pairs. The subject is `name`, which the remote does not use. */
export function makeRequest(name: string): KeyAndRequest {
  const keyPem = makeKey();
  const key = createPrivateKey(keyPem);
  const info = new CertificationRequestInfo({
    subject: commonName(name),
    subjectPKInfo: publicKeyInfo(createPublicKey(key)),
  });
  const signature = sign('sha256', Buffer.from(AsnConvert.serialize(info)), { key, dsaEncoding: 'der' });
  const request = new CertificationRequest({
    certificationRequestInfo: info,
    signatureAlgorithm: signatureAlgorithm(),
    signature: arrayBuffer(signature),
  });
  return { keyPem, requestDer: Buffer.from(AsnConvert.serialize(request)) };
}

/**
 * Reads a request that nobody vouches for, and returns the public key in it.
 * @throws BtsootError of kind `invalid` for bytes that are no request, a key that is not P-256, or a signature that
 * does not prove that the sender holds the key.
 */
export function readRequest(der: Uint8Array): KeyObject {
  if (der.byteLength > requestLengthMaxBytes) throw unusable(`it is ${der.byteLength} bytes long`);
  try {
    const request = AsnConvert.parse(arrayBuffer(der), CertificationRequest);
    const info = request.certificationRequestInfo;
    const spki = Buffer.from(AsnConvert.serialize(info.subjectPKInfo));
    const key = createPublicKey({ key: spki, type: 'spki', format: 'der' });
    if (key.asymmetricKeyType !== 'ec' || key.asymmetricKeyDetails?.namedCurve !== 'prime256v1') {
      throw unusable('its key is not a P-256 key');
    }
    const signed = Buffer.from(AsnConvert.serialize(info));
    if (!verify('sha256', signed, { key, dsaEncoding: 'der' }, Buffer.from(request.signature))) {
      throw unusable('its signature does not match its key');
    }
    return key;
  } catch (error) {
    if (error instanceof BtsootError) throw error;
    throw peerFault('the certificate request cannot be read', error);
  }
}

function unusable(reason: string): BtsootError {
  return peerFault(`the certificate request cannot be used: ${reason}`);
}
