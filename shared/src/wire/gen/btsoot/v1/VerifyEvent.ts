// Original file: proto/btsoot/v1/remote.proto

import type { VerifyProgress as _btsoot_v1_VerifyProgress, VerifyProgress__Output as _btsoot_v1_VerifyProgress__Output } from '../../btsoot/v1/VerifyProgress.js';
import type { Findings as _btsoot_v1_Findings, Findings__Output as _btsoot_v1_Findings__Output } from '../../btsoot/v1/Findings.js';
import type { VerifyFinished as _btsoot_v1_VerifyFinished, VerifyFinished__Output as _btsoot_v1_VerifyFinished__Output } from '../../btsoot/v1/VerifyFinished.js';

export interface VerifyEvent {
  /**
   * about every second
   */
  'progress'?: (_btsoot_v1_VerifyProgress | null);
  /**
   * after the reading, as often as there is more to name
   */
  'findings'?: (_btsoot_v1_Findings | null);
  /**
   * last, once
   */
  'finished'?: (_btsoot_v1_VerifyFinished | null);
  'event'?: "progress"|"findings"|"finished";
}

export interface VerifyEvent__Output {
  /**
   * about every second
   */
  'progress'?: (_btsoot_v1_VerifyProgress__Output | null);
  /**
   * after the reading, as often as there is more to name
   */
  'findings'?: (_btsoot_v1_Findings__Output | null);
  /**
   * last, once
   */
  'finished'?: (_btsoot_v1_VerifyFinished__Output | null);
  'event'?: "progress"|"findings"|"finished";
}
