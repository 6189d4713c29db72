// Original file: proto/btsoot/v1/remote.proto

import type { Step as _btsoot_v1_Step, Step__Output as _btsoot_v1_Step__Output } from '../../btsoot/v1/Step.js';

export interface StepBatch {
  /**
   * up to 2,000, about 256 KiB
   */
  'steps'?: (_btsoot_v1_Step)[];
}

export interface StepBatch__Output {
  /**
   * up to 2,000, about 256 KiB
   */
  'steps': (_btsoot_v1_Step__Output)[];
}
