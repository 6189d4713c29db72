// Original file: proto/btsoot/v1/remote.proto

import type { ApplyBegin as _btsoot_v1_ApplyBegin, ApplyBegin__Output as _btsoot_v1_ApplyBegin__Output } from '../../btsoot/v1/ApplyBegin.js';
import type { StepBatch as _btsoot_v1_StepBatch, StepBatch__Output as _btsoot_v1_StepBatch__Output } from '../../btsoot/v1/StepBatch.js';
import type { Withdraw as _btsoot_v1_Withdraw, Withdraw__Output as _btsoot_v1_Withdraw__Output } from '../../btsoot/v1/Withdraw.js';
import type { ApplyFinish as _btsoot_v1_ApplyFinish, ApplyFinish__Output as _btsoot_v1_ApplyFinish__Output } from '../../btsoot/v1/ApplyFinish.js';
import type { Patch as _btsoot_v1_Patch, Patch__Output as _btsoot_v1_Patch__Output } from '../../btsoot/v1/Patch.js';

export interface ApplyRequest {
  /**
   * first, once
   */
  'begin'?: (_btsoot_v1_ApplyBegin | null);
  /**
   * numbered in order of sending, from 0. A put whose bytes follow ends its batch
   */
  'steps'?: (_btsoot_v1_StepBatch | null);
  /**
   * the next bytes of the put that ended the last batch, as they are, up to 256 KiB
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
  /**
   * the next part of the put's layout, up to 256 KiB, before its first bytes
   */
  'layout'?: (Buffer | Uint8Array | string);
  /**
   * the next part of the put under way. It ends when size_bytes are covered
   */
  'patch'?: (_btsoot_v1_Patch | null);
  'request'?: "begin"|"steps"|"data"|"withdraw"|"finish"|"layout"|"patch";
}

export interface ApplyRequest__Output {
  /**
   * first, once
   */
  'begin'?: (_btsoot_v1_ApplyBegin__Output | null);
  /**
   * numbered in order of sending, from 0. A put whose bytes follow ends its batch
   */
  'steps'?: (_btsoot_v1_StepBatch__Output | null);
  /**
   * the next bytes of the put that ended the last batch, as they are, up to 256 KiB
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
  /**
   * the next part of the put's layout, up to 256 KiB, before its first bytes
   */
  'layout'?: (Buffer);
  /**
   * the next part of the put under way. It ends when size_bytes are covered
   */
  'patch'?: (_btsoot_v1_Patch__Output | null);
  'request'?: "begin"|"steps"|"data"|"withdraw"|"finish"|"layout"|"patch";
}
