import { createHash, X509Certificate } from 'node:crypto';
import { BtsootError } from '../model/errors.js';

/** SHA-256 of a certificate's DER bytes: 64 lower-case hexadecimal digits. Takes DER or PEM. */
export function fingerprintOf(certificate: string | Uint8Array): string {
  return createHash('sha256').update(derOf(certificate)).digest('hex');
}

/**
 * A certificate's DER bytes.
 * @throws BtsootError of kind `invalid` for bytes that are no certificate.
 */
export function derOf(certificate: string | Uint8Array): Buffer {
  return readCertificate(certificate).raw;
}

/** A certificate as PEM text, with a newline at its end. */
export function pemOf(der: Uint8Array): string {
  return readCertificate(der).toString();
}

export function readCertificate(certificate: string | Uint8Array): X509Certificate {
  try {
    return new X509Certificate(typeof certificate === 'string' ? certificate : Buffer.from(certificate));
  } catch (error) {
    throw new BtsootError('invalid', 'these bytes are not an X.509 certificate', {
      hint: 'Is the file whole? Else pair again.',
      cause: error,
    });
  }
}
