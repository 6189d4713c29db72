// Original file: proto/btsoot/v1/remote.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { PairReply as _btsoot_v1_PairReply, PairReply__Output as _btsoot_v1_PairReply__Output } from '../../btsoot/v1/PairReply.js';
import type { PairRequest as _btsoot_v1_PairRequest, PairRequest__Output as _btsoot_v1_PairRequest__Output } from '../../btsoot/v1/PairRequest.js';

/**
 * Open on its own port, for as long as a pairing code is valid.
 */
export interface PairingClient extends grpc.Client {
  Pair(argument: _btsoot_v1_PairRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_btsoot_v1_PairReply__Output>): grpc.ClientUnaryCall;
  Pair(argument: _btsoot_v1_PairRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_btsoot_v1_PairReply__Output>): grpc.ClientUnaryCall;
  Pair(argument: _btsoot_v1_PairRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_btsoot_v1_PairReply__Output>): grpc.ClientUnaryCall;
  Pair(argument: _btsoot_v1_PairRequest, callback: grpc.requestCallback<_btsoot_v1_PairReply__Output>): grpc.ClientUnaryCall;
  pair(argument: _btsoot_v1_PairRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_btsoot_v1_PairReply__Output>): grpc.ClientUnaryCall;
  pair(argument: _btsoot_v1_PairRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_btsoot_v1_PairReply__Output>): grpc.ClientUnaryCall;
  pair(argument: _btsoot_v1_PairRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_btsoot_v1_PairReply__Output>): grpc.ClientUnaryCall;
  pair(argument: _btsoot_v1_PairRequest, callback: grpc.requestCallback<_btsoot_v1_PairReply__Output>): grpc.ClientUnaryCall;
  
}

/**
 * Open on its own port, for as long as a pairing code is valid.
 */
export interface PairingHandlers extends grpc.UntypedServiceImplementation {
  Pair: grpc.handleUnaryCall<_btsoot_v1_PairRequest__Output, _btsoot_v1_PairReply>;
  
}

export interface PairingDefinition extends grpc.ServiceDefinition {
  Pair: MethodDefinition<_btsoot_v1_PairRequest, _btsoot_v1_PairReply, _btsoot_v1_PairRequest__Output, _btsoot_v1_PairReply__Output>
}
