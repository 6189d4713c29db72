import type * as grpc from '@grpc/grpc-js';
import type { EnumTypeDefinition, MessageTypeDefinition } from '@grpc/proto-loader';

import type { ApplyBegin as _btsoot_v1_ApplyBegin, ApplyBegin__Output as _btsoot_v1_ApplyBegin__Output } from './btsoot/v1/ApplyBegin.js';
import type { ApplyFinish as _btsoot_v1_ApplyFinish, ApplyFinish__Output as _btsoot_v1_ApplyFinish__Output } from './btsoot/v1/ApplyFinish.js';
import type { ApplyReply as _btsoot_v1_ApplyReply, ApplyReply__Output as _btsoot_v1_ApplyReply__Output } from './btsoot/v1/ApplyReply.js';
import type { ApplyRequest as _btsoot_v1_ApplyRequest, ApplyRequest__Output as _btsoot_v1_ApplyRequest__Output } from './btsoot/v1/ApplyRequest.js';
import type { Basis as _btsoot_v1_Basis, Basis__Output as _btsoot_v1_Basis__Output } from './btsoot/v1/Basis.js';
import type { BlockInfo as _btsoot_v1_BlockInfo, BlockInfo__Output as _btsoot_v1_BlockInfo__Output } from './btsoot/v1/BlockInfo.js';
import type { ChildrenPage as _btsoot_v1_ChildrenPage, ChildrenPage__Output as _btsoot_v1_ChildrenPage__Output } from './btsoot/v1/ChildrenPage.js';
import type { ChildrenRequest as _btsoot_v1_ChildrenRequest, ChildrenRequest__Output as _btsoot_v1_ChildrenRequest__Output } from './btsoot/v1/ChildrenRequest.js';
import type { Condition as _btsoot_v1_Condition, Condition__Output as _btsoot_v1_Condition__Output } from './btsoot/v1/Condition.js';
import type { Content as _btsoot_v1_Content, Content__Output as _btsoot_v1_Content__Output } from './btsoot/v1/Content.js';
import type { ContentsQuery as _btsoot_v1_ContentsQuery, ContentsQuery__Output as _btsoot_v1_ContentsQuery__Output } from './btsoot/v1/ContentsQuery.js';
import type { ContentsReply as _btsoot_v1_ContentsReply, ContentsReply__Output as _btsoot_v1_ContentsReply__Output } from './btsoot/v1/ContentsReply.js';
import type { CreateBlockReply as _btsoot_v1_CreateBlockReply, CreateBlockReply__Output as _btsoot_v1_CreateBlockReply__Output } from './btsoot/v1/CreateBlockReply.js';
import type { CreateBlockRequest as _btsoot_v1_CreateBlockRequest, CreateBlockRequest__Output as _btsoot_v1_CreateBlockRequest__Output } from './btsoot/v1/CreateBlockRequest.js';
import type { Delivery as _btsoot_v1_Delivery, Delivery__Output as _btsoot_v1_Delivery__Output } from './btsoot/v1/Delivery.js';
import type { Drifted as _btsoot_v1_Drifted, Drifted__Output as _btsoot_v1_Drifted__Output } from './btsoot/v1/Drifted.js';
import type { Expectation as _btsoot_v1_Expectation, Expectation__Output as _btsoot_v1_Expectation__Output } from './btsoot/v1/Expectation.js';
import type { Finding as _btsoot_v1_Finding, Finding__Output as _btsoot_v1_Finding__Output } from './btsoot/v1/Finding.js';
import type { Findings as _btsoot_v1_Findings, Findings__Output as _btsoot_v1_Findings__Output } from './btsoot/v1/Findings.js';
import type { HelloReply as _btsoot_v1_HelloReply, HelloReply__Output as _btsoot_v1_HelloReply__Output } from './btsoot/v1/HelloReply.js';
import type { HelloRequest as _btsoot_v1_HelloRequest, HelloRequest__Output as _btsoot_v1_HelloRequest__Output } from './btsoot/v1/HelloRequest.js';
import type { HistorySize as _btsoot_v1_HistorySize, HistorySize__Output as _btsoot_v1_HistorySize__Output } from './btsoot/v1/HistorySize.js';
import type { LinkReply as _btsoot_v1_LinkReply, LinkReply__Output as _btsoot_v1_LinkReply__Output } from './btsoot/v1/LinkReply.js';
import type { LinkRequest as _btsoot_v1_LinkRequest, LinkRequest__Output as _btsoot_v1_LinkRequest__Output } from './btsoot/v1/LinkRequest.js';
import type { ListSessionsReply as _btsoot_v1_ListSessionsReply, ListSessionsReply__Output as _btsoot_v1_ListSessionsReply__Output } from './btsoot/v1/ListSessionsReply.js';
import type { ListSessionsRequest as _btsoot_v1_ListSessionsRequest, ListSessionsRequest__Output as _btsoot_v1_ListSessionsRequest__Output } from './btsoot/v1/ListSessionsRequest.js';
import type { ListVersionsRequest as _btsoot_v1_ListVersionsRequest, ListVersionsRequest__Output as _btsoot_v1_ListVersionsRequest__Output } from './btsoot/v1/ListVersionsRequest.js';
import type { Metadata as _btsoot_v1_Metadata, Metadata__Output as _btsoot_v1_Metadata__Output } from './btsoot/v1/Metadata.js';
import type { Node as _btsoot_v1_Node, Node__Output as _btsoot_v1_Node__Output } from './btsoot/v1/Node.js';
import type { OpenSessionRequest as _btsoot_v1_OpenSessionRequest, OpenSessionRequest__Output as _btsoot_v1_OpenSessionRequest__Output } from './btsoot/v1/OpenSessionRequest.js';
import type { OwnerName as _btsoot_v1_OwnerName, OwnerName__Output as _btsoot_v1_OwnerName__Output } from './btsoot/v1/OwnerName.js';
import type { OwnerNames as _btsoot_v1_OwnerNames, OwnerNames__Output as _btsoot_v1_OwnerNames__Output } from './btsoot/v1/OwnerNames.js';
import type { PairReply as _btsoot_v1_PairReply, PairReply__Output as _btsoot_v1_PairReply__Output } from './btsoot/v1/PairReply.js';
import type { PairRequest as _btsoot_v1_PairRequest, PairRequest__Output as _btsoot_v1_PairRequest__Output } from './btsoot/v1/PairRequest.js';
import type { PairingClient as _btsoot_v1_PairingClient, PairingDefinition as _btsoot_v1_PairingDefinition } from './btsoot/v1/Pairing.js';
import type { Partial as _btsoot_v1_Partial, Partial__Output as _btsoot_v1_Partial__Output } from './btsoot/v1/Partial.js';
import type { Patch as _btsoot_v1_Patch, Patch__Output as _btsoot_v1_Patch__Output } from './btsoot/v1/Patch.js';
import type { Place as _btsoot_v1_Place, Place__Output as _btsoot_v1_Place__Output } from './btsoot/v1/Place.js';
import type { ReadReply as _btsoot_v1_ReadReply, ReadReply__Output as _btsoot_v1_ReadReply__Output } from './btsoot/v1/ReadReply.js';
import type { ReadRequest as _btsoot_v1_ReadRequest, ReadRequest__Output as _btsoot_v1_ReadRequest__Output } from './btsoot/v1/ReadRequest.js';
import type { RemoteClient as _btsoot_v1_RemoteClient, RemoteDefinition as _btsoot_v1_RemoteDefinition } from './btsoot/v1/Remote.js';
import type { SessionEvent as _btsoot_v1_SessionEvent, SessionEvent__Output as _btsoot_v1_SessionEvent__Output } from './btsoot/v1/SessionEvent.js';
import type { SessionInfo as _btsoot_v1_SessionInfo, SessionInfo__Output as _btsoot_v1_SessionInfo__Output } from './btsoot/v1/SessionInfo.js';
import type { SignatureRegion as _btsoot_v1_SignatureRegion, SignatureRegion__Output as _btsoot_v1_SignatureRegion__Output } from './btsoot/v1/SignatureRegion.js';
import type { SignatureRegions as _btsoot_v1_SignatureRegions, SignatureRegions__Output as _btsoot_v1_SignatureRegions__Output } from './btsoot/v1/SignatureRegions.js';
import type { SignatureReply as _btsoot_v1_SignatureReply, SignatureReply__Output as _btsoot_v1_SignatureReply__Output } from './btsoot/v1/SignatureReply.js';
import type { SignatureRequest as _btsoot_v1_SignatureRequest, SignatureRequest__Output as _btsoot_v1_SignatureRequest__Output } from './btsoot/v1/SignatureRequest.js';
import type { Special as _btsoot_v1_Special, Special__Output as _btsoot_v1_Special__Output } from './btsoot/v1/Special.js';
import type { Step as _btsoot_v1_Step, Step__Output as _btsoot_v1_Step__Output } from './btsoot/v1/Step.js';
import type { StepBatch as _btsoot_v1_StepBatch, StepBatch__Output as _btsoot_v1_StepBatch__Output } from './btsoot/v1/StepBatch.js';
import type { StepFailure as _btsoot_v1_StepFailure, StepFailure__Output as _btsoot_v1_StepFailure__Output } from './btsoot/v1/StepFailure.js';
import type { VerifyEvent as _btsoot_v1_VerifyEvent, VerifyEvent__Output as _btsoot_v1_VerifyEvent__Output } from './btsoot/v1/VerifyEvent.js';
import type { VerifyFinished as _btsoot_v1_VerifyFinished, VerifyFinished__Output as _btsoot_v1_VerifyFinished__Output } from './btsoot/v1/VerifyFinished.js';
import type { VerifyProgress as _btsoot_v1_VerifyProgress, VerifyProgress__Output as _btsoot_v1_VerifyProgress__Output } from './btsoot/v1/VerifyProgress.js';
import type { VerifyRequest as _btsoot_v1_VerifyRequest, VerifyRequest__Output as _btsoot_v1_VerifyRequest__Output } from './btsoot/v1/VerifyRequest.js';
import type { Version as _btsoot_v1_Version, Version__Output as _btsoot_v1_Version__Output } from './btsoot/v1/Version.js';
import type { VersionsPage as _btsoot_v1_VersionsPage, VersionsPage__Output as _btsoot_v1_VersionsPage__Output } from './btsoot/v1/VersionsPage.js';
import type { Withdraw as _btsoot_v1_Withdraw, Withdraw__Output as _btsoot_v1_Withdraw__Output } from './btsoot/v1/Withdraw.js';

type SubtypeConstructor<Constructor extends new (...args: any) => any, Subtype> = {
  new(...args: ConstructorParameters<Constructor>): Subtype;
};

export interface ProtoGrpcType {
  btsoot: {
    v1: {
      ApplyBegin: MessageTypeDefinition<_btsoot_v1_ApplyBegin, _btsoot_v1_ApplyBegin__Output>
      ApplyFinish: MessageTypeDefinition<_btsoot_v1_ApplyFinish, _btsoot_v1_ApplyFinish__Output>
      ApplyReply: MessageTypeDefinition<_btsoot_v1_ApplyReply, _btsoot_v1_ApplyReply__Output>
      ApplyRequest: MessageTypeDefinition<_btsoot_v1_ApplyRequest, _btsoot_v1_ApplyRequest__Output>
      Basis: MessageTypeDefinition<_btsoot_v1_Basis, _btsoot_v1_Basis__Output>
      BlockInfo: MessageTypeDefinition<_btsoot_v1_BlockInfo, _btsoot_v1_BlockInfo__Output>
      ChildrenPage: MessageTypeDefinition<_btsoot_v1_ChildrenPage, _btsoot_v1_ChildrenPage__Output>
      ChildrenRequest: MessageTypeDefinition<_btsoot_v1_ChildrenRequest, _btsoot_v1_ChildrenRequest__Output>
      Condition: MessageTypeDefinition<_btsoot_v1_Condition, _btsoot_v1_Condition__Output>
      Content: MessageTypeDefinition<_btsoot_v1_Content, _btsoot_v1_Content__Output>
      ContentsQuery: MessageTypeDefinition<_btsoot_v1_ContentsQuery, _btsoot_v1_ContentsQuery__Output>
      ContentsReply: MessageTypeDefinition<_btsoot_v1_ContentsReply, _btsoot_v1_ContentsReply__Output>
      CreateBlockReply: MessageTypeDefinition<_btsoot_v1_CreateBlockReply, _btsoot_v1_CreateBlockReply__Output>
      CreateBlockRequest: MessageTypeDefinition<_btsoot_v1_CreateBlockRequest, _btsoot_v1_CreateBlockRequest__Output>
      Delivery: MessageTypeDefinition<_btsoot_v1_Delivery, _btsoot_v1_Delivery__Output>
      Drifted: MessageTypeDefinition<_btsoot_v1_Drifted, _btsoot_v1_Drifted__Output>
      Expectation: MessageTypeDefinition<_btsoot_v1_Expectation, _btsoot_v1_Expectation__Output>
      Finding: MessageTypeDefinition<_btsoot_v1_Finding, _btsoot_v1_Finding__Output>
      Findings: MessageTypeDefinition<_btsoot_v1_Findings, _btsoot_v1_Findings__Output>
      HelloReply: MessageTypeDefinition<_btsoot_v1_HelloReply, _btsoot_v1_HelloReply__Output>
      HelloRequest: MessageTypeDefinition<_btsoot_v1_HelloRequest, _btsoot_v1_HelloRequest__Output>
      HistorySize: MessageTypeDefinition<_btsoot_v1_HistorySize, _btsoot_v1_HistorySize__Output>
      Kind: EnumTypeDefinition
      LinkReply: MessageTypeDefinition<_btsoot_v1_LinkReply, _btsoot_v1_LinkReply__Output>
      LinkRequest: MessageTypeDefinition<_btsoot_v1_LinkRequest, _btsoot_v1_LinkRequest__Output>
      ListSessionsReply: MessageTypeDefinition<_btsoot_v1_ListSessionsReply, _btsoot_v1_ListSessionsReply__Output>
      ListSessionsRequest: MessageTypeDefinition<_btsoot_v1_ListSessionsRequest, _btsoot_v1_ListSessionsRequest__Output>
      ListVersionsRequest: MessageTypeDefinition<_btsoot_v1_ListVersionsRequest, _btsoot_v1_ListVersionsRequest__Output>
      Metadata: MessageTypeDefinition<_btsoot_v1_Metadata, _btsoot_v1_Metadata__Output>
      Node: MessageTypeDefinition<_btsoot_v1_Node, _btsoot_v1_Node__Output>
      OpenSessionRequest: MessageTypeDefinition<_btsoot_v1_OpenSessionRequest, _btsoot_v1_OpenSessionRequest__Output>
      OwnerName: MessageTypeDefinition<_btsoot_v1_OwnerName, _btsoot_v1_OwnerName__Output>
      OwnerNames: MessageTypeDefinition<_btsoot_v1_OwnerNames, _btsoot_v1_OwnerNames__Output>
      PairReply: MessageTypeDefinition<_btsoot_v1_PairReply, _btsoot_v1_PairReply__Output>
      PairRequest: MessageTypeDefinition<_btsoot_v1_PairRequest, _btsoot_v1_PairRequest__Output>
      /**
       * Open on its own port, for as long as a pairing code is valid.
       */
      Pairing: SubtypeConstructor<typeof grpc.Client, _btsoot_v1_PairingClient> & { service: _btsoot_v1_PairingDefinition }
      Partial: MessageTypeDefinition<_btsoot_v1_Partial, _btsoot_v1_Partial__Output>
      Patch: MessageTypeDefinition<_btsoot_v1_Patch, _btsoot_v1_Patch__Output>
      Place: MessageTypeDefinition<_btsoot_v1_Place, _btsoot_v1_Place__Output>
      ReadReply: MessageTypeDefinition<_btsoot_v1_ReadReply, _btsoot_v1_ReadReply__Output>
      ReadRequest: MessageTypeDefinition<_btsoot_v1_ReadRequest, _btsoot_v1_ReadRequest__Output>
      /**
       * Served over mutual TLS 1.3, or over a private Unix socket.
       */
      Remote: SubtypeConstructor<typeof grpc.Client, _btsoot_v1_RemoteClient> & { service: _btsoot_v1_RemoteDefinition }
      SessionEvent: MessageTypeDefinition<_btsoot_v1_SessionEvent, _btsoot_v1_SessionEvent__Output>
      SessionInfo: MessageTypeDefinition<_btsoot_v1_SessionInfo, _btsoot_v1_SessionInfo__Output>
      SignatureRegion: MessageTypeDefinition<_btsoot_v1_SignatureRegion, _btsoot_v1_SignatureRegion__Output>
      SignatureRegions: MessageTypeDefinition<_btsoot_v1_SignatureRegions, _btsoot_v1_SignatureRegions__Output>
      SignatureReply: MessageTypeDefinition<_btsoot_v1_SignatureReply, _btsoot_v1_SignatureReply__Output>
      SignatureRequest: MessageTypeDefinition<_btsoot_v1_SignatureRequest, _btsoot_v1_SignatureRequest__Output>
      Special: MessageTypeDefinition<_btsoot_v1_Special, _btsoot_v1_Special__Output>
      Step: MessageTypeDefinition<_btsoot_v1_Step, _btsoot_v1_Step__Output>
      StepBatch: MessageTypeDefinition<_btsoot_v1_StepBatch, _btsoot_v1_StepBatch__Output>
      StepFailure: MessageTypeDefinition<_btsoot_v1_StepFailure, _btsoot_v1_StepFailure__Output>
      VerifyEvent: MessageTypeDefinition<_btsoot_v1_VerifyEvent, _btsoot_v1_VerifyEvent__Output>
      VerifyFinished: MessageTypeDefinition<_btsoot_v1_VerifyFinished, _btsoot_v1_VerifyFinished__Output>
      VerifyProgress: MessageTypeDefinition<_btsoot_v1_VerifyProgress, _btsoot_v1_VerifyProgress__Output>
      VerifyRequest: MessageTypeDefinition<_btsoot_v1_VerifyRequest, _btsoot_v1_VerifyRequest__Output>
      Version: MessageTypeDefinition<_btsoot_v1_Version, _btsoot_v1_Version__Output>
      VersionsPage: MessageTypeDefinition<_btsoot_v1_VersionsPage, _btsoot_v1_VersionsPage__Output>
      Withdraw: MessageTypeDefinition<_btsoot_v1_Withdraw, _btsoot_v1_Withdraw__Output>
    }
  }
}

