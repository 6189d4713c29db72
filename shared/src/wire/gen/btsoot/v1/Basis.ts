// Original file: proto/btsoot/v1/remote.proto

import type { Content as _btsoot_v1_Content, Content__Output as _btsoot_v1_Content__Output } from '../../btsoot/v1/Content.js';

export interface Basis {
  'content'?: (_btsoot_v1_Content | null);
  /**
   * what a cut-off delivery of this content has left
   */
  'partial'?: (boolean);
}

export interface Basis__Output {
  'content': (_btsoot_v1_Content__Output | null);
  /**
   * what a cut-off delivery of this content has left
   */
  'partial': (boolean);
}
