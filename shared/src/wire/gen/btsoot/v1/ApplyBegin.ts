// Original file: proto/btsoot/v1/remote.proto


export interface ApplyBegin {
  'session'?: (Buffer | Uint8Array | string);
}

export interface ApplyBegin__Output {
  'session': (Buffer);
}
