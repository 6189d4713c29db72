// Original file: proto/btsoot/v1/remote.proto


export interface PairReply {
  'remoteName'?: (string);
  /**
   * the source's, signed by the remote's CA
   */
  'certificateDer'?: (Buffer | Uint8Array | string);
  'caDer'?: (Buffer | Uint8Array | string);
}

export interface PairReply__Output {
  'remoteName': (string);
  /**
   * the source's, signed by the remote's CA
   */
  'certificateDer': (Buffer);
  'caDer': (Buffer);
}
