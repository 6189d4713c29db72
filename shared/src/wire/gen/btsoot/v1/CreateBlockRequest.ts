// Original file: proto/btsoot/v1/remote.proto


export interface CreateBlockRequest {
  'protocolMajor'?: (number);
  /**
   * relative to the remote's root
   */
  'folder'?: (Buffer | Uint8Array | string);
}

export interface CreateBlockRequest__Output {
  'protocolMajor': (number);
  /**
   * relative to the remote's root
   */
  'folder': (Buffer);
}
