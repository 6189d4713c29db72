// Original file: proto/btsoot/v1/remote.proto

import type { Long } from '@grpc/proto-loader';

export interface SignatureRegion {
  'from'?: (number | string | Long);
  /**
   * 1 and up, within the content
   */
  'length'?: (number | string | Long);
  /**
   * a power of two, 64 to 65,536; blocks begin at multiples of it (delta/signature.ts)
   */
  'blockBytes'?: (number);
}

export interface SignatureRegion__Output {
  'from': (number);
  /**
   * 1 and up, within the content
   */
  'length': (number);
  /**
   * a power of two, 64 to 65,536; blocks begin at multiples of it (delta/signature.ts)
   */
  'blockBytes': (number);
}
