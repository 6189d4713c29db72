// Original file: proto/btsoot/v1/remote.proto

import type { SessionInfo as _btsoot_v1_SessionInfo, SessionInfo__Output as _btsoot_v1_SessionInfo__Output } from '../../btsoot/v1/SessionInfo.js';

export interface ListSessionsReply {
  /**
   * up to 10,000
   */
  'sessions'?: (_btsoot_v1_SessionInfo)[];
}

export interface ListSessionsReply__Output {
  /**
   * up to 10,000
   */
  'sessions': (_btsoot_v1_SessionInfo__Output)[];
}
