// Original file: proto/btsoot/v1/control.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { AgentStatusReply as _btsoot_v1_AgentStatusReply, AgentStatusReply__Output as _btsoot_v1_AgentStatusReply__Output } from '../../btsoot/v1/AgentStatusReply.js';
import type { AgentStatusRequest as _btsoot_v1_AgentStatusRequest, AgentStatusRequest__Output as _btsoot_v1_AgentStatusRequest__Output } from '../../btsoot/v1/AgentStatusRequest.js';
import type { PauseReply as _btsoot_v1_PauseReply, PauseReply__Output as _btsoot_v1_PauseReply__Output } from '../../btsoot/v1/PauseReply.js';
import type { PauseRequest as _btsoot_v1_PauseRequest, PauseRequest__Output as _btsoot_v1_PauseRequest__Output } from '../../btsoot/v1/PauseRequest.js';
import type { PingReply as _btsoot_v1_PingReply, PingReply__Output as _btsoot_v1_PingReply__Output } from '../../btsoot/v1/PingReply.js';
import type { PingRequest as _btsoot_v1_PingRequest, PingRequest__Output as _btsoot_v1_PingRequest__Output } from '../../btsoot/v1/PingRequest.js';
import type { ResumeReply as _btsoot_v1_ResumeReply, ResumeReply__Output as _btsoot_v1_ResumeReply__Output } from '../../btsoot/v1/ResumeReply.js';
import type { ResumeRequest as _btsoot_v1_ResumeRequest, ResumeRequest__Output as _btsoot_v1_ResumeRequest__Output } from '../../btsoot/v1/ResumeRequest.js';
import type { SyncEvent as _btsoot_v1_SyncEvent, SyncEvent__Output as _btsoot_v1_SyncEvent__Output } from '../../btsoot/v1/SyncEvent.js';
import type { SyncRequest as _btsoot_v1_SyncRequest, SyncRequest__Output as _btsoot_v1_SyncRequest__Output } from '../../btsoot/v1/SyncRequest.js';

export interface ControlClient extends grpc.Client {
  AgentStatus(argument: _btsoot_v1_AgentStatusRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_btsoot_v1_AgentStatusReply__Output>): grpc.ClientUnaryCall;
  AgentStatus(argument: _btsoot_v1_AgentStatusRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_btsoot_v1_AgentStatusReply__Output>): grpc.ClientUnaryCall;
  AgentStatus(argument: _btsoot_v1_AgentStatusRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_btsoot_v1_AgentStatusReply__Output>): grpc.ClientUnaryCall;
  AgentStatus(argument: _btsoot_v1_AgentStatusRequest, callback: grpc.requestCallback<_btsoot_v1_AgentStatusReply__Output>): grpc.ClientUnaryCall;
  agentStatus(argument: _btsoot_v1_AgentStatusRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_btsoot_v1_AgentStatusReply__Output>): grpc.ClientUnaryCall;
  agentStatus(argument: _btsoot_v1_AgentStatusRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_btsoot_v1_AgentStatusReply__Output>): grpc.ClientUnaryCall;
  agentStatus(argument: _btsoot_v1_AgentStatusRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_btsoot_v1_AgentStatusReply__Output>): grpc.ClientUnaryCall;
  agentStatus(argument: _btsoot_v1_AgentStatusRequest, callback: grpc.requestCallback<_btsoot_v1_AgentStatusReply__Output>): grpc.ClientUnaryCall;
  
  /**
   * Has the agent begin nothing with a block by itself. A sync of it that runs stops where the next one goes on.
   */
  Pause(argument: _btsoot_v1_PauseRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_btsoot_v1_PauseReply__Output>): grpc.ClientUnaryCall;
  Pause(argument: _btsoot_v1_PauseRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_btsoot_v1_PauseReply__Output>): grpc.ClientUnaryCall;
  Pause(argument: _btsoot_v1_PauseRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_btsoot_v1_PauseReply__Output>): grpc.ClientUnaryCall;
  Pause(argument: _btsoot_v1_PauseRequest, callback: grpc.requestCallback<_btsoot_v1_PauseReply__Output>): grpc.ClientUnaryCall;
  /**
   * Has the agent begin nothing with a block by itself. A sync of it that runs stops where the next one goes on.
   */
  pause(argument: _btsoot_v1_PauseRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_btsoot_v1_PauseReply__Output>): grpc.ClientUnaryCall;
  pause(argument: _btsoot_v1_PauseRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_btsoot_v1_PauseReply__Output>): grpc.ClientUnaryCall;
  pause(argument: _btsoot_v1_PauseRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_btsoot_v1_PauseReply__Output>): grpc.ClientUnaryCall;
  pause(argument: _btsoot_v1_PauseRequest, callback: grpc.requestCallback<_btsoot_v1_PauseReply__Output>): grpc.ClientUnaryCall;
  
  Ping(argument: _btsoot_v1_PingRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_btsoot_v1_PingReply__Output>): grpc.ClientUnaryCall;
  Ping(argument: _btsoot_v1_PingRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_btsoot_v1_PingReply__Output>): grpc.ClientUnaryCall;
  Ping(argument: _btsoot_v1_PingRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_btsoot_v1_PingReply__Output>): grpc.ClientUnaryCall;
  Ping(argument: _btsoot_v1_PingRequest, callback: grpc.requestCallback<_btsoot_v1_PingReply__Output>): grpc.ClientUnaryCall;
  ping(argument: _btsoot_v1_PingRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_btsoot_v1_PingReply__Output>): grpc.ClientUnaryCall;
  ping(argument: _btsoot_v1_PingRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_btsoot_v1_PingReply__Output>): grpc.ClientUnaryCall;
  ping(argument: _btsoot_v1_PingRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_btsoot_v1_PingReply__Output>): grpc.ClientUnaryCall;
  ping(argument: _btsoot_v1_PingRequest, callback: grpc.requestCallback<_btsoot_v1_PingReply__Output>): grpc.ClientUnaryCall;
  
  /**
   * What the block has missed is made up for. One that is not paused stays as it is.
   */
  Resume(argument: _btsoot_v1_ResumeRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_btsoot_v1_ResumeReply__Output>): grpc.ClientUnaryCall;
  Resume(argument: _btsoot_v1_ResumeRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_btsoot_v1_ResumeReply__Output>): grpc.ClientUnaryCall;
  Resume(argument: _btsoot_v1_ResumeRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_btsoot_v1_ResumeReply__Output>): grpc.ClientUnaryCall;
  Resume(argument: _btsoot_v1_ResumeRequest, callback: grpc.requestCallback<_btsoot_v1_ResumeReply__Output>): grpc.ClientUnaryCall;
  /**
   * What the block has missed is made up for. One that is not paused stays as it is.
   */
  resume(argument: _btsoot_v1_ResumeRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_btsoot_v1_ResumeReply__Output>): grpc.ClientUnaryCall;
  resume(argument: _btsoot_v1_ResumeRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_btsoot_v1_ResumeReply__Output>): grpc.ClientUnaryCall;
  resume(argument: _btsoot_v1_ResumeRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_btsoot_v1_ResumeReply__Output>): grpc.ClientUnaryCall;
  resume(argument: _btsoot_v1_ResumeRequest, callback: grpc.requestCallback<_btsoot_v1_ResumeReply__Output>): grpc.ClientUnaryCall;
  
  /**
   * Runs a sync, or joins the one that runs on the same block with the same options: where that has looked at the source already,
   * its progress comes, and then the next one's, with the end.
   */
  Sync(argument: _btsoot_v1_SyncRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_btsoot_v1_SyncEvent__Output>;
  Sync(argument: _btsoot_v1_SyncRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_btsoot_v1_SyncEvent__Output>;
  /**
   * Runs a sync, or joins the one that runs on the same block with the same options: where that has looked at the source already,
   * its progress comes, and then the next one's, with the end.
   */
  sync(argument: _btsoot_v1_SyncRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_btsoot_v1_SyncEvent__Output>;
  sync(argument: _btsoot_v1_SyncRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_btsoot_v1_SyncEvent__Output>;
  
}

export interface ControlHandlers extends grpc.UntypedServiceImplementation {
  AgentStatus: grpc.handleUnaryCall<_btsoot_v1_AgentStatusRequest__Output, _btsoot_v1_AgentStatusReply>;
  
  /**
   * Has the agent begin nothing with a block by itself. A sync of it that runs stops where the next one goes on.
   */
  Pause: grpc.handleUnaryCall<_btsoot_v1_PauseRequest__Output, _btsoot_v1_PauseReply>;
  
  Ping: grpc.handleUnaryCall<_btsoot_v1_PingRequest__Output, _btsoot_v1_PingReply>;
  
  /**
   * What the block has missed is made up for. One that is not paused stays as it is.
   */
  Resume: grpc.handleUnaryCall<_btsoot_v1_ResumeRequest__Output, _btsoot_v1_ResumeReply>;
  
  /**
   * Runs a sync, or joins the one that runs on the same block with the same options: where that has looked at the source already,
   * its progress comes, and then the next one's, with the end.
   */
  Sync: grpc.handleServerStreamingCall<_btsoot_v1_SyncRequest__Output, _btsoot_v1_SyncEvent>;
  
}

export interface ControlDefinition extends grpc.ServiceDefinition {
  AgentStatus: MethodDefinition<_btsoot_v1_AgentStatusRequest, _btsoot_v1_AgentStatusReply, _btsoot_v1_AgentStatusRequest__Output, _btsoot_v1_AgentStatusReply__Output>
  Pause: MethodDefinition<_btsoot_v1_PauseRequest, _btsoot_v1_PauseReply, _btsoot_v1_PauseRequest__Output, _btsoot_v1_PauseReply__Output>
  Ping: MethodDefinition<_btsoot_v1_PingRequest, _btsoot_v1_PingReply, _btsoot_v1_PingRequest__Output, _btsoot_v1_PingReply__Output>
  Resume: MethodDefinition<_btsoot_v1_ResumeRequest, _btsoot_v1_ResumeReply, _btsoot_v1_ResumeRequest__Output, _btsoot_v1_ResumeReply__Output>
  Sync: MethodDefinition<_btsoot_v1_SyncRequest, _btsoot_v1_SyncEvent, _btsoot_v1_SyncRequest__Output, _btsoot_v1_SyncEvent__Output>
}
