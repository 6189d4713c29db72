// Original file: proto/btsoot/v1/remote.proto

import type { StepFailure as _btsoot_v1_StepFailure, StepFailure__Output as _btsoot_v1_StepFailure__Output } from '../../btsoot/v1/StepFailure.js';
import type { HistorySize as _btsoot_v1_HistorySize, HistorySize__Output as _btsoot_v1_HistorySize__Output } from '../../btsoot/v1/HistorySize.js';
import type { Long } from '@grpc/proto-loader';

/**
 * Every step below `steps` is durable on the remote, or is named in a failure. While nothing becomes durable, the same number
 * comes again every ten seconds: a source takes three minutes of silence for a remote that has gone.
 */
export interface _btsoot_v1_ApplyReply_Committed {
  'steps'?: (number | string | Long);
  /**
   * since the last message
   */
  'failures'?: (_btsoot_v1_StepFailure)[];
}

/**
 * Every step below `steps` is durable on the remote, or is named in a failure. While nothing becomes durable, the same number
 * comes again every ten seconds: a source takes three minutes of silence for a remote that has gone.
 */
export interface _btsoot_v1_ApplyReply_Committed__Output {
  'steps': (number);
  /**
   * since the last message
   */
  'failures': (_btsoot_v1_StepFailure__Output)[];
}

export interface _btsoot_v1_ApplyReply_Finished {
  'stateDigest'?: (Buffer | Uint8Array | string);
  /**
   * this session's place in history, 0 where nothing changed
   */
  'sessionNumber'?: (number | string | Long);
  /**
   * entries that these steps touched whose extended attributes the remote's disk cannot all hold
   */
  'unheldXattrs'?: (number | string | Long);
  /**
   * with this session
   */
  'history'?: (_btsoot_v1_HistorySize | null);
}

export interface _btsoot_v1_ApplyReply_Finished__Output {
  'stateDigest': (Buffer);
  /**
   * this session's place in history, 0 where nothing changed
   */
  'sessionNumber': (number);
  /**
   * entries that these steps touched whose extended attributes the remote's disk cannot all hold
   */
  'unheldXattrs': (number);
  /**
   * with this session
   */
  'history': (_btsoot_v1_HistorySize__Output | null);
}

export interface ApplyReply {
  'committed'?: (_btsoot_v1_ApplyReply_Committed | null);
  /**
   * last, once
   */
  'finished'?: (_btsoot_v1_ApplyReply_Finished | null);
  'reply'?: "committed"|"finished";
}

export interface ApplyReply__Output {
  'committed'?: (_btsoot_v1_ApplyReply_Committed__Output | null);
  /**
   * last, once
   */
  'finished'?: (_btsoot_v1_ApplyReply_Finished__Output | null);
  'reply'?: "committed"|"finished";
}
