// Original file: proto/btsoot/v1/remote.proto


export interface PairRequest {
  'protocolMajor'?: (number);
  /**
   * 16 bytes, from the code
   */
  'secret'?: (Buffer | Uint8Array | string);
  /**
   * 1 to 64 characters of [A-Za-z0-9._-]
   */
  'sourceName'?: (string);
  /**
   * PKCS #10, P-256; its subject is not used
   */
  'csrDer'?: (Buffer | Uint8Array | string);
}

export interface PairRequest__Output {
  'protocolMajor': (number);
  /**
   * 16 bytes, from the code
   */
  'secret': (Buffer);
  /**
   * 1 to 64 characters of [A-Za-z0-9._-]
   */
  'sourceName': (string);
  /**
   * PKCS #10, P-256; its subject is not used
   */
  'csrDer': (Buffer);
}
