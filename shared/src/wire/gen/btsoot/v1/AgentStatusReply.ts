// Original file: proto/btsoot/v1/control.proto

import type { RunningSync as _btsoot_v1_RunningSync, RunningSync__Output as _btsoot_v1_RunningSync__Output } from '../../btsoot/v1/RunningSync.js';
import type { Long } from '@grpc/proto-loader';

export interface AgentStatusReply {
  'pid'?: (number);
  'startedUs'?: (number | string | Long);
  'running'?: (_btsoot_v1_RunningSync)[];
}

export interface AgentStatusReply__Output {
  'pid': (number);
  'startedUs': (number);
  'running': (_btsoot_v1_RunningSync__Output)[];
}
