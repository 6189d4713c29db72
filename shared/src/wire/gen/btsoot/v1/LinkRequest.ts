// Original file: proto/btsoot/v1/remote.proto

import type { Long } from '@grpc/proto-loader';

export interface LinkRequest {
  /**
   * 1 byte to 32 KiB, up to 16 MiB in one call; each is acknowledged
   */
  'data'?: (Buffer | Uint8Array | string);
  /**
   * asks for so many bytes, 1 and up, up to 16 MiB in one call
   */
  'wantedBytes'?: (number | string | Long);
  'request'?: "data"|"wantedBytes";
}

export interface LinkRequest__Output {
  /**
   * 1 byte to 32 KiB, up to 16 MiB in one call; each is acknowledged
   */
  'data'?: (Buffer);
  /**
   * asks for so many bytes, 1 and up, up to 16 MiB in one call
   */
  'wantedBytes'?: (number);
  'request'?: "data"|"wantedBytes";
}
