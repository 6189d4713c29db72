// Original file: proto/btsoot/v1/remote.proto

import type { Content as _btsoot_v1_Content, Content__Output as _btsoot_v1_Content__Output } from '../../btsoot/v1/Content.js';
import type { Long } from '@grpc/proto-loader';

export interface ReadRequest {
  /**
   * in the first request
   */
  'session'?: (Buffer | Uint8Array | string);
  'content'?: (_btsoot_v1_Content | null);
  /**
   * the first byte that is wanted, below the content's size. Remotes of minor 0 and 1 send all of it
   */
  'offset'?: (number | string | Long);
}

export interface ReadRequest__Output {
  /**
   * in the first request
   */
  'session': (Buffer);
  'content': (_btsoot_v1_Content__Output | null);
  /**
   * the first byte that is wanted, below the content's size. Remotes of minor 0 and 1 send all of it
   */
  'offset': (number);
}
