// Original file: proto/btsoot/v1/remote.proto

import type { Long } from '@grpc/proto-loader';

export interface LinkReply {
  /**
   * in this call so far
   */
  'receivedBytes'?: (number | string | Long);
  /**
   * 1 byte to 32 KiB of what was asked for
   */
  'data'?: (Buffer | Uint8Array | string);
  'reply'?: "receivedBytes"|"data";
}

export interface LinkReply__Output {
  /**
   * in this call so far
   */
  'receivedBytes'?: (number);
  /**
   * 1 byte to 32 KiB of what was asked for
   */
  'data'?: (Buffer);
  'reply'?: "receivedBytes"|"data";
}
