// Original file: proto/btsoot/v1/remote.proto

import type { Content as _btsoot_v1_Content, Content__Output as _btsoot_v1_Content__Output } from '../../btsoot/v1/Content.js';
import type { Long } from '@grpc/proto-loader';

export interface Partial {
  /**
   * what was being delivered
   */
  'content'?: (_btsoot_v1_Content | null);
  /**
   * how many of its first bytes are there, 1 and up, below its size
   */
  'durableBytes'?: (number | string | Long);
}

export interface Partial__Output {
  /**
   * what was being delivered
   */
  'content': (_btsoot_v1_Content__Output | null);
  /**
   * how many of its first bytes are there, 1 and up, below its size
   */
  'durableBytes': (number);
}
