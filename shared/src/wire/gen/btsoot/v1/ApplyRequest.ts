// Original file: proto/btsoot/v1/remote.proto

import type { ApplyBegin as _btsoot_v1_ApplyBegin, ApplyBegin__Output as _btsoot_v1_ApplyBegin__Output } from '../../btsoot/v1/ApplyBegin.js';
import type { StepBatch as _btsoot_v1_StepBatch, StepBatch__Output as _btsoot_v1_StepBatch__Output } from '../../btsoot/v1/StepBatch.js';
import type { Withdraw as _btsoot_v1_Withdraw, Withdraw__Output as _btsoot_v1_Withdraw__Output } from '../../btsoot/v1/Withdraw.js';
import type { ApplyFinish as _btsoot_v1_ApplyFinish, ApplyFinish__Output as _btsoot_v1_ApplyFinish__Output } from '../../btsoot/v1/ApplyFinish.js';

export interface ApplyRequest {
  /**
   * first, once
   */
  'begin'?: (_btsoot_v1_ApplyBegin | null);
  /**
   * numbered in order of sending, from 0. A put without inline data ends its batch
   */
  'steps'?: (_btsoot_v1_StepBatch | null);
  /**
   * of the put that ended the last batch, up to 256 KiB; ends when size_bytes have come
   */
  'data'?: (Buffer | Uint8Array | string);
  /**
   * the put under way cannot be completed
   */
  'withdraw'?: (_btsoot_v1_Withdraw | null);
  /**
   * last, once: nothing more comes
   */
  'finish'?: (_btsoot_v1_ApplyFinish | null);
  'request'?: "begin"|"steps"|"data"|"withdraw"|"finish";
}

export interface ApplyRequest__Output {
  /**
   * first, once
   */
  'begin'?: (_btsoot_v1_ApplyBegin__Output | null);
  /**
   * numbered in order of sending, from 0. A put without inline data ends its batch
   */
  'steps'?: (_btsoot_v1_StepBatch__Output | null);
  /**
   * of the put that ended the last batch, up to 256 KiB; ends when size_bytes have come
   */
  'data'?: (Buffer);
  /**
   * the put under way cannot be completed
   */
  'withdraw'?: (_btsoot_v1_Withdraw__Output | null);
  /**
   * last, once: nothing more comes
   */
  'finish'?: (_btsoot_v1_ApplyFinish__Output | null);
  'request'?: "begin"|"steps"|"data"|"withdraw"|"finish";
}
