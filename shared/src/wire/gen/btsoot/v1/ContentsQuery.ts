// Original file: proto/btsoot/v1/remote.proto

import type { Content as _btsoot_v1_Content, Content__Output as _btsoot_v1_Content__Output } from '../../btsoot/v1/Content.js';

export interface ContentsQuery {
  'session'?: (Buffer | Uint8Array | string);
  /**
   * up to 4,096
   */
  'contents'?: (_btsoot_v1_Content)[];
}

export interface ContentsQuery__Output {
  'session': (Buffer);
  /**
   * up to 4,096
   */
  'contents': (_btsoot_v1_Content__Output)[];
}
