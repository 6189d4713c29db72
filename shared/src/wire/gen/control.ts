import type * as grpc from '@grpc/grpc-js';
import type { MessageTypeDefinition } from '@grpc/proto-loader';

import type { AgentStatusReply as _btsoot_v1_AgentStatusReply, AgentStatusReply__Output as _btsoot_v1_AgentStatusReply__Output } from './btsoot/v1/AgentStatusReply.js';
import type { AgentStatusRequest as _btsoot_v1_AgentStatusRequest, AgentStatusRequest__Output as _btsoot_v1_AgentStatusRequest__Output } from './btsoot/v1/AgentStatusRequest.js';
import type { ControlClient as _btsoot_v1_ControlClient, ControlDefinition as _btsoot_v1_ControlDefinition } from './btsoot/v1/Control.js';
import type { PauseReply as _btsoot_v1_PauseReply, PauseReply__Output as _btsoot_v1_PauseReply__Output } from './btsoot/v1/PauseReply.js';
import type { PauseRequest as _btsoot_v1_PauseRequest, PauseRequest__Output as _btsoot_v1_PauseRequest__Output } from './btsoot/v1/PauseRequest.js';
import type { PingReply as _btsoot_v1_PingReply, PingReply__Output as _btsoot_v1_PingReply__Output } from './btsoot/v1/PingReply.js';
import type { PingRequest as _btsoot_v1_PingRequest, PingRequest__Output as _btsoot_v1_PingRequest__Output } from './btsoot/v1/PingRequest.js';
import type { PlannedSync as _btsoot_v1_PlannedSync, PlannedSync__Output as _btsoot_v1_PlannedSync__Output } from './btsoot/v1/PlannedSync.js';
import type { ResumeReply as _btsoot_v1_ResumeReply, ResumeReply__Output as _btsoot_v1_ResumeReply__Output } from './btsoot/v1/ResumeReply.js';
import type { ResumeRequest as _btsoot_v1_ResumeRequest, ResumeRequest__Output as _btsoot_v1_ResumeRequest__Output } from './btsoot/v1/ResumeRequest.js';
import type { RunningSync as _btsoot_v1_RunningSync, RunningSync__Output as _btsoot_v1_RunningSync__Output } from './btsoot/v1/RunningSync.js';
import type { SyncEvent as _btsoot_v1_SyncEvent, SyncEvent__Output as _btsoot_v1_SyncEvent__Output } from './btsoot/v1/SyncEvent.js';
import type { SyncRequest as _btsoot_v1_SyncRequest, SyncRequest__Output as _btsoot_v1_SyncRequest__Output } from './btsoot/v1/SyncRequest.js';

type SubtypeConstructor<Constructor extends new (...args: any) => any, Subtype> = {
  new(...args: ConstructorParameters<Constructor>): Subtype;
};

export interface ProtoGrpcType {
  btsoot: {
    v1: {
      AgentStatusReply: MessageTypeDefinition<_btsoot_v1_AgentStatusReply, _btsoot_v1_AgentStatusReply__Output>
      AgentStatusRequest: MessageTypeDefinition<_btsoot_v1_AgentStatusRequest, _btsoot_v1_AgentStatusRequest__Output>
      Control: SubtypeConstructor<typeof grpc.Client, _btsoot_v1_ControlClient> & { service: _btsoot_v1_ControlDefinition }
      PauseReply: MessageTypeDefinition<_btsoot_v1_PauseReply, _btsoot_v1_PauseReply__Output>
      PauseRequest: MessageTypeDefinition<_btsoot_v1_PauseRequest, _btsoot_v1_PauseRequest__Output>
      PingReply: MessageTypeDefinition<_btsoot_v1_PingReply, _btsoot_v1_PingReply__Output>
      PingRequest: MessageTypeDefinition<_btsoot_v1_PingRequest, _btsoot_v1_PingRequest__Output>
      PlannedSync: MessageTypeDefinition<_btsoot_v1_PlannedSync, _btsoot_v1_PlannedSync__Output>
      ResumeReply: MessageTypeDefinition<_btsoot_v1_ResumeReply, _btsoot_v1_ResumeReply__Output>
      ResumeRequest: MessageTypeDefinition<_btsoot_v1_ResumeRequest, _btsoot_v1_ResumeRequest__Output>
      RunningSync: MessageTypeDefinition<_btsoot_v1_RunningSync, _btsoot_v1_RunningSync__Output>
      SyncEvent: MessageTypeDefinition<_btsoot_v1_SyncEvent, _btsoot_v1_SyncEvent__Output>
      SyncRequest: MessageTypeDefinition<_btsoot_v1_SyncRequest, _btsoot_v1_SyncRequest__Output>
    }
  }
}

