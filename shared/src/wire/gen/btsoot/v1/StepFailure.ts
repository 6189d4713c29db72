// Original file: proto/btsoot/v1/remote.proto

import type { Long } from '@grpc/proto-loader';

// Original file: proto/btsoot/v1/remote.proto

export const _btsoot_v1_StepFailure_Reason = {
  REASON_UNSET: 'REASON_UNSET',
  DRIFT: 'DRIFT',
  MISMATCH: 'MISMATCH',
  WITHDRAWN: 'WITHDRAWN',
  FAILED: 'FAILED',
  NO_SPACE: 'NO_SPACE',
} as const;

export type _btsoot_v1_StepFailure_Reason =
  | 'REASON_UNSET'
  | 0
  | 'DRIFT'
  | 1
  | 'MISMATCH'
  | 2
  | 'WITHDRAWN'
  | 3
  | 'FAILED'
  | 4
  | 'NO_SPACE'
  | 5

export type _btsoot_v1_StepFailure_Reason__Output = typeof _btsoot_v1_StepFailure_Reason[keyof typeof _btsoot_v1_StepFailure_Reason]

export interface StepFailure {
  'step'?: (number | string | Long);
  'reason'?: (_btsoot_v1_StepFailure_Reason);
  'message'?: (string);
}

export interface StepFailure__Output {
  'step': (number);
  'reason': (_btsoot_v1_StepFailure_Reason__Output);
  'message': (string);
}
