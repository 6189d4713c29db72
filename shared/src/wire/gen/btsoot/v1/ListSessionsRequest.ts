// Original file: proto/btsoot/v1/remote.proto


export interface ListSessionsRequest {
  'session'?: (Buffer | Uint8Array | string);
}

export interface ListSessionsRequest__Output {
  'session': (Buffer);
}
