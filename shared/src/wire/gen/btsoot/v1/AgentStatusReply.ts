// Original file: proto/btsoot/v1/control.proto

import type { RunningSync as _btsoot_v1_RunningSync, RunningSync__Output as _btsoot_v1_RunningSync__Output } from '../../btsoot/v1/RunningSync.js';
import type { PlannedSync as _btsoot_v1_PlannedSync, PlannedSync__Output as _btsoot_v1_PlannedSync__Output } from '../../btsoot/v1/PlannedSync.js';
import type { Long } from '@grpc/proto-loader';

export interface AgentStatusReply {
  'pid'?: (number);
  'startedUs'?: (number | string | Long);
  'running'?: (_btsoot_v1_RunningSync)[];
  /**
   * of each block that the agent syncs by itself, its next
   */
  'planned'?: (_btsoot_v1_PlannedSync)[];
}

export interface AgentStatusReply__Output {
  'pid': (number);
  'startedUs': (number);
  'running': (_btsoot_v1_RunningSync__Output)[];
  /**
   * of each block that the agent syncs by itself, its next
   */
  'planned': (_btsoot_v1_PlannedSync__Output)[];
}
