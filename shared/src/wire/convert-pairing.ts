import { hex16, invalid, label } from './fields.js';
import type { PairReply__Output, PairRequest, PairRequest__Output } from './messages.js';
import { checkProtocol, PROTOCOL } from './protocol.js';

/** A CSR or certificate over a P-256 key takes some hundred bytes. */
const DER_MAX_BYTES = 8_192;

export interface PairingWish {
  /** From the code: 16 bytes as 32 hexadecimal digits. */
  readonly secret: string;
  readonly sourceName: string;
  /** PKCS #10, DER. Its signature is not checked here. */
  readonly csr: Buffer;
}

export function pairingWishToWire({ secret, sourceName, csr }: PairingWish): PairRequest {
  return { protocolMajor: PROTOCOL.major, secret: Buffer.from(secret, 'hex'), sourceName, csrDer: csr };
}

export function pairingWishFromWire(wire: PairRequest__Output): PairingWish {
  checkProtocol(wire.protocolMajor, 0, 'source');
  return {
    secret: hex16(wire.secret, "the code's secret"),
    sourceName: label(wire.sourceName, "the source's name"),
    csr: der(wire.csrDer, 'the certificate request'),
  };
}

/** What a source gets by pairing. Certificates are DER. */
export interface Paired {
  readonly remoteName: string;
  readonly certificate: Buffer;
  readonly ca: Buffer;
}

export function pairedFromWire(wire: PairReply__Output): Paired {
  return {
    remoteName: label(wire.remoteName, "the remote's name"),
    certificate: der(wire.certificateDer, 'the certificate'),
    ca: der(wire.caDer, 'the CA certificate'),
  };
}

function der(bytes: Buffer, what: string): Buffer {
  if (bytes.length === 0 || bytes.length > DER_MAX_BYTES) throw invalid(`${what} has ${bytes.length} bytes`);
  return bytes;
}
