// Original file: proto/btsoot/v1/control.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { AgentStatusReply as _btsoot_v1_AgentStatusReply, AgentStatusReply__Output as _btsoot_v1_AgentStatusReply__Output } from '../../btsoot/v1/AgentStatusReply.js';
import type { AgentStatusRequest as _btsoot_v1_AgentStatusRequest, AgentStatusRequest__Output as _btsoot_v1_AgentStatusRequest__Output } from '../../btsoot/v1/AgentStatusRequest.js';
import type { PingReply as _btsoot_v1_PingReply, PingReply__Output as _btsoot_v1_PingReply__Output } from '../../btsoot/v1/PingReply.js';
import type { PingRequest as _btsoot_v1_PingRequest, PingRequest__Output as _btsoot_v1_PingRequest__Output } from '../../btsoot/v1/PingRequest.js';
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
  
  Ping(argument: _btsoot_v1_PingRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_btsoot_v1_PingReply__Output>): grpc.ClientUnaryCall;
  Ping(argument: _btsoot_v1_PingRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_btsoot_v1_PingReply__Output>): grpc.ClientUnaryCall;
  Ping(argument: _btsoot_v1_PingRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_btsoot_v1_PingReply__Output>): grpc.ClientUnaryCall;
  Ping(argument: _btsoot_v1_PingRequest, callback: grpc.requestCallback<_btsoot_v1_PingReply__Output>): grpc.ClientUnaryCall;
  ping(argument: _btsoot_v1_PingRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_btsoot_v1_PingReply__Output>): grpc.ClientUnaryCall;
  ping(argument: _btsoot_v1_PingRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_btsoot_v1_PingReply__Output>): grpc.ClientUnaryCall;
  ping(argument: _btsoot_v1_PingRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_btsoot_v1_PingReply__Output>): grpc.ClientUnaryCall;
  ping(argument: _btsoot_v1_PingRequest, callback: grpc.requestCallback<_btsoot_v1_PingReply__Output>): grpc.ClientUnaryCall;
  
  /**
   * Runs a sync, or joins the one that runs on the same block with the same options.
   */
  Sync(argument: _btsoot_v1_SyncRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_btsoot_v1_SyncEvent__Output>;
  Sync(argument: _btsoot_v1_SyncRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_btsoot_v1_SyncEvent__Output>;
  /**
   * Runs a sync, or joins the one that runs on the same block with the same options.
   */
  sync(argument: _btsoot_v1_SyncRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_btsoot_v1_SyncEvent__Output>;
  sync(argument: _btsoot_v1_SyncRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_btsoot_v1_SyncEvent__Output>;
  
}

export interface ControlHandlers extends grpc.UntypedServiceImplementation {
  AgentStatus: grpc.handleUnaryCall<_btsoot_v1_AgentStatusRequest__Output, _btsoot_v1_AgentStatusReply>;
  
  Ping: grpc.handleUnaryCall<_btsoot_v1_PingRequest__Output, _btsoot_v1_PingReply>;
  
  /**
   * Runs a sync, or joins the one that runs on the same block with the same options.
   */
  Sync: grpc.handleServerStreamingCall<_btsoot_v1_SyncRequest__Output, _btsoot_v1_SyncEvent>;
  
}

export interface ControlDefinition extends grpc.ServiceDefinition {
  AgentStatus: MethodDefinition<_btsoot_v1_AgentStatusRequest, _btsoot_v1_AgentStatusReply, _btsoot_v1_AgentStatusRequest__Output, _btsoot_v1_AgentStatusReply__Output>
  Ping: MethodDefinition<_btsoot_v1_PingRequest, _btsoot_v1_PingReply, _btsoot_v1_PingRequest__Output, _btsoot_v1_PingReply__Output>
  Sync: MethodDefinition<_btsoot_v1_SyncRequest, _btsoot_v1_SyncEvent, _btsoot_v1_SyncRequest__Output, _btsoot_v1_SyncEvent__Output>
}
