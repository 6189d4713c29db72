// Original file: proto/btsoot/v1/remote.proto

import type { Long } from '@grpc/proto-loader';

export interface VerifyFinished {
  /**
   * of the pass that came to its end
   */
  'files'?: (number | string | Long);
  'bytes'?: (number | string | Long);
  'damagedInTree'?: (number | string | Long);
  /**
   * those that are lost included
   */
  'damagedInHistory'?: (number | string | Long);
}

export interface VerifyFinished__Output {
  /**
   * of the pass that came to its end
   */
  'files': (number);
  'bytes': (number);
  'damagedInTree': (number);
  /**
   * those that are lost included
   */
  'damagedInHistory': (number);
}
