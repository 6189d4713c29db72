// Original file: proto/btsoot/v1/remote.proto

import type { Long } from '@grpc/proto-loader';

export interface BlockInfo {
  'folder'?: (Buffer | Uint8Array | string);
  'entries'?: (number | string | Long);
  'bytes'?: (number | string | Long);
}

export interface BlockInfo__Output {
  'folder': (Buffer);
  'entries': (number);
  'bytes': (number);
}
