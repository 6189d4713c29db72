import { createHash, createPublicKey, type KeyObject, randomBytes, sign } from 'node:crypto';
import { AsnConvert, OctetString } from '@peculiar/asn1-schema';
import {
  AlgorithmIdentifier,
  AttributeTypeAndValue,
  AttributeValue,
  AuthorityKeyIdentifier,
  Certificate,
  Extension,
  Extensions,
  id_ce_authorityKeyIdentifier,
  id_ce_subjectKeyIdentifier,
  KeyIdentifier,
  Name,
  RelativeDistinguishedName,
  SubjectKeyIdentifier,
  SubjectPublicKeyInfo,
  TBSCertificate,
  Validity,
  Version,
} from '@peculiar/asn1-x509';

const commonNameOid = '2.5.4.3';
const ecdsaWithSha256Oid = '1.2.840.10045.4.3.2';

/** What a certificate says, and who says it. */
export interface CertificateFacts {
  readonly subject: string;
  readonly subjectKey: KeyObject;
  readonly issuer: Name;
  /** The issuer's private P-256 key. */
  readonly issuerKey: KeyObject;
  readonly notBefore: Date;
  readonly notAfter: Date;
  /** Besides the two key identifiers, which every certificate gets. */
  readonly extensions: readonly Extension[];
}

/** Builds and signs an X.509 v3 certificate (RFC 5280, ECDSA with SHA-256), and returns its DER bytes. */
export function buildCertificate(facts: CertificateFacts): Buffer {
  const issuerPublicKey = createPublicKey(facts.issuerKey);
  const tbs = new TBSCertificate({
    version: Version.v3,
    serialNumber: serialNumber(),
    signature: signatureAlgorithm(),
    issuer: facts.issuer,
    validity: new Validity({ notBefore: facts.notBefore, notAfter: facts.notAfter }),
    subject: commonName(facts.subject),
    subjectPublicKeyInfo: publicKeyInfo(facts.subjectKey),
    extensions: new Extensions([
      ...facts.extensions,
      extension(id_ce_subjectKeyIdentifier, false, new SubjectKeyIdentifier(keyIdentifier(facts.subjectKey))),
      extension(
        id_ce_authorityKeyIdentifier,
        false,
        new AuthorityKeyIdentifier({ keyIdentifier: new KeyIdentifier(keyIdentifier(issuerPublicKey)) }),
      ),
    ]),
  });
  const signature = sign('sha256', Buffer.from(AsnConvert.serialize(tbs)), { key: facts.issuerKey, dsaEncoding: 'der' });
  const certificate = new Certificate({
    tbsCertificate: tbs,
    signatureAlgorithm: signatureAlgorithm(),
    signatureValue: arrayBuffer(signature),
  });
  return Buffer.from(AsnConvert.serialize(certificate));
}

export function extension(id: string, critical: boolean, value: unknown): Extension {
  return new Extension({ extnID: id, critical, extnValue: new OctetString(AsnConvert.serialize(value)) });
}

export function signatureAlgorithm(): AlgorithmIdentifier {
  return new AlgorithmIdentifier({ algorithm: ecdsaWithSha256Oid });
}

export function publicKeyInfo(key: KeyObject): SubjectPublicKeyInfo {
  return AsnConvert.parse(key.export({ type: 'spki', format: 'der' }), SubjectPublicKeyInfo);
}

export function commonName(text: string): Name {
  const value = new AttributeValue({ utf8String: text });
  return new Name([new RelativeDistinguishedName([new AttributeTypeAndValue({ type: commonNameOid, value })])]);
}

export function arrayBuffer(bytes: Uint8Array): ArrayBuffer {
  return new Uint8Array(bytes).buffer;
}

/** 16 random bytes, the first kept positive and not zero: a DER integer in its shortest form. */
function serialNumber(): ArrayBuffer {
  const bytes = randomBytes(16);
  bytes[0] = ((bytes[0] ?? 0) & 0x7f) | 0x40;
  return arrayBuffer(bytes);
}

/** RFC 5280 section 4.2.1.2, method 1. */
function keyIdentifier(key: KeyObject): ArrayBuffer {
  return arrayBuffer(
    createHash('sha1')
      .update(Buffer.from(publicKeyInfo(key).subjectPublicKey))
      .digest(),
  );
}
