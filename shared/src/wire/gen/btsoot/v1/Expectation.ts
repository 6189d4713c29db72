// Original file: proto/btsoot/v1/remote.proto

import type { Kind as _btsoot_v1_Kind, Kind__Output as _btsoot_v1_Kind__Output } from '../../btsoot/v1/Kind.js';
import type { Content as _btsoot_v1_Content, Content__Output as _btsoot_v1_Content__Output } from '../../btsoot/v1/Content.js';

export interface Expectation {
  'kind'?: (_btsoot_v1_Kind);
  /**
   * of a file
   */
  'content'?: (_btsoot_v1_Content | null);
}

export interface Expectation__Output {
  'kind': (_btsoot_v1_Kind__Output);
  /**
   * of a file
   */
  'content': (_btsoot_v1_Content__Output | null);
}
