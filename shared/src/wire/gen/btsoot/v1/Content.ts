// Original file: proto/btsoot/v1/remote.proto

import type { Long } from '@grpc/proto-loader';

export interface Content {
  /**
   * 16 bytes
   */
  'hash'?: (Buffer | Uint8Array | string);
  'sizeBytes'?: (number | string | Long);
}

export interface Content__Output {
  /**
   * 16 bytes
   */
  'hash': (Buffer);
  'sizeBytes': (number);
}
