// Original file: proto/btsoot/v1/remote.proto

import type { Long } from '@grpc/proto-loader';

export interface Metadata {
  /**
   * 0 to 07777
   */
  'mode'?: (number);
  'uid'?: (number);
  'gid'?: (number);
  'mtimeUs'?: (number | string | Long);
}

export interface Metadata__Output {
  /**
   * 0 to 07777
   */
  'mode': (number);
  'uid': (number);
  'gid': (number);
  'mtimeUs': (number);
}
