// Original file: proto/btsoot/v1/remote.proto


export interface ListVersionsRequest {
  'session'?: (Buffer | Uint8Array | string);
  /**
   * of an entry below the root, as it is or as it was in any kept session
   */
  'path'?: (Buffer | Uint8Array | string);
}

export interface ListVersionsRequest__Output {
  'session': (Buffer);
  /**
   * of an entry below the root, as it is or as it was in any kept session
   */
  'path': (Buffer);
}
