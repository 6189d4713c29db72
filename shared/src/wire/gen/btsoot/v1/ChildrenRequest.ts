// Original file: proto/btsoot/v1/remote.proto

import type { Long } from '@grpc/proto-loader';

export interface ChildrenRequest {
  'session'?: (Buffer | Uint8Array | string);
  /**
   * up to 256
   */
  'directoryIds'?: (number | string | Long)[];
  /**
   * 0: the tree as it is now
   */
  'asOfSession'?: (number | string | Long);
}

export interface ChildrenRequest__Output {
  'session': (Buffer);
  /**
   * up to 256
   */
  'directoryIds': (number)[];
  /**
   * 0: the tree as it is now
   */
  'asOfSession': (number);
}
