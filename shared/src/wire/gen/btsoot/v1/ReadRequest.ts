// Original file: proto/btsoot/v1/remote.proto

import type { Content as _btsoot_v1_Content, Content__Output as _btsoot_v1_Content__Output } from '../../btsoot/v1/Content.js';

export interface ReadRequest {
  /**
   * in the first request
   */
  'session'?: (Buffer | Uint8Array | string);
  'content'?: (_btsoot_v1_Content | null);
}

export interface ReadRequest__Output {
  /**
   * in the first request
   */
  'session': (Buffer);
  'content': (_btsoot_v1_Content__Output | null);
}
