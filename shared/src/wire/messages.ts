/**
 * The wire's messages under short names. As in all code that proto-loader generates, `X` is what a sender may write
 * (fields may be left out) and `X__Output` is what a receiver gets: every scalar is there, an absent message is null.
 */
export type { AgentStatusReply, AgentStatusReply__Output } from './gen/btsoot/v1/AgentStatusReply.js';
export type { AgentStatusRequest, AgentStatusRequest__Output } from './gen/btsoot/v1/AgentStatusRequest.js';
export type {
  _btsoot_v1_ApplyReply_Committed as Committed,
  _btsoot_v1_ApplyReply_Committed__Output as Committed__Output,
  _btsoot_v1_ApplyReply_Finished as Finished,
  _btsoot_v1_ApplyReply_Finished__Output as Finished__Output,
  ApplyReply,
  ApplyReply__Output,
} from './gen/btsoot/v1/ApplyReply.js';
export type { ApplyRequest, ApplyRequest__Output } from './gen/btsoot/v1/ApplyRequest.js';
export type { Basis as WireBasis, Basis__Output as WireBasis__Output } from './gen/btsoot/v1/Basis.js';
export type { ChildrenPage, ChildrenPage__Output } from './gen/btsoot/v1/ChildrenPage.js';
export type { ChildrenRequest, ChildrenRequest__Output } from './gen/btsoot/v1/ChildrenRequest.js';
export type { Condition as WireCondition, Condition__Output as WireCondition__Output } from './gen/btsoot/v1/Condition.js';
export type { Content as WireContent, Content__Output as WireContent__Output } from './gen/btsoot/v1/Content.js';
export type { ContentsQuery, ContentsQuery__Output } from './gen/btsoot/v1/ContentsQuery.js';
export type { ContentsReply, ContentsReply__Output } from './gen/btsoot/v1/ContentsReply.js';
export type { CreateBlockReply, CreateBlockReply__Output } from './gen/btsoot/v1/CreateBlockReply.js';
export type { CreateBlockRequest, CreateBlockRequest__Output } from './gen/btsoot/v1/CreateBlockRequest.js';
export type { Delivery as WireDelivery, Delivery__Output as WireDelivery__Output } from './gen/btsoot/v1/Delivery.js';
export type { Drifted as WireDrifted, Drifted__Output as WireDrifted__Output } from './gen/btsoot/v1/Drifted.js';
export type {
  Expectation as WireExpectation,
  Expectation__Output as WireExpectation__Output,
} from './gen/btsoot/v1/Expectation.js';
export type { Finding as WireFinding, Finding__Output as WireFinding__Output } from './gen/btsoot/v1/Finding.js';
export type { HelloReply, HelloReply__Output } from './gen/btsoot/v1/HelloReply.js';
export type { HelloRequest, HelloRequest__Output } from './gen/btsoot/v1/HelloRequest.js';
export type { HistorySize__Output as WireHistorySize__Output } from './gen/btsoot/v1/HistorySize.js';
export type { Kind__Output as WireKind } from './gen/btsoot/v1/Kind.js';
export type { LinkReply, LinkReply__Output } from './gen/btsoot/v1/LinkReply.js';
export type { LinkRequest, LinkRequest__Output } from './gen/btsoot/v1/LinkRequest.js';
export type { ListSessionsReply, ListSessionsReply__Output } from './gen/btsoot/v1/ListSessionsReply.js';
export type { ListSessionsRequest, ListSessionsRequest__Output } from './gen/btsoot/v1/ListSessionsRequest.js';
export type { ListVersionsRequest, ListVersionsRequest__Output } from './gen/btsoot/v1/ListVersionsRequest.js';
export type { Metadata as WireMetadata, Metadata__Output as WireMetadata__Output } from './gen/btsoot/v1/Metadata.js';
export type { Node as WireNode, Node__Output as WireNode__Output } from './gen/btsoot/v1/Node.js';
export type { OpenSessionRequest, OpenSessionRequest__Output } from './gen/btsoot/v1/OpenSessionRequest.js';
export type { OwnerName as WireOwnerName, OwnerName__Output as WireOwnerName__Output } from './gen/btsoot/v1/OwnerName.js';
export type { OwnerNames as WireOwnerNames, OwnerNames__Output as WireOwnerNames__Output } from './gen/btsoot/v1/OwnerNames.js';
export type { PairReply, PairReply__Output } from './gen/btsoot/v1/PairReply.js';
export type { PairRequest, PairRequest__Output } from './gen/btsoot/v1/PairRequest.js';
export type { Partial as WirePartial, Partial__Output as WirePartial__Output } from './gen/btsoot/v1/Partial.js';
export type { Patch as WirePatch, Patch__Output as WirePatch__Output } from './gen/btsoot/v1/Patch.js';
export type { PauseReply, PauseReply__Output } from './gen/btsoot/v1/PauseReply.js';
export type { PauseRequest, PauseRequest__Output } from './gen/btsoot/v1/PauseRequest.js';
export type { PingReply, PingReply__Output } from './gen/btsoot/v1/PingReply.js';
export type { PingRequest, PingRequest__Output } from './gen/btsoot/v1/PingRequest.js';
export type { Place as WirePlace, Place__Output as WirePlace__Output } from './gen/btsoot/v1/Place.js';
export type { ReadReply, ReadReply__Output } from './gen/btsoot/v1/ReadReply.js';
export type { ReadRequest, ReadRequest__Output } from './gen/btsoot/v1/ReadRequest.js';
export type { ResumeReply, ResumeReply__Output } from './gen/btsoot/v1/ResumeReply.js';
export type { ResumeRequest, ResumeRequest__Output } from './gen/btsoot/v1/ResumeRequest.js';
export type {
  _btsoot_v1_SessionEvent_Opened as Opened,
  _btsoot_v1_SessionEvent_Opened__Output as Opened__Output,
  SessionEvent,
  SessionEvent__Output,
} from './gen/btsoot/v1/SessionEvent.js';
export type {
  SessionInfo as WireSessionInfo,
  SessionInfo__Output as WireSessionInfo__Output,
} from './gen/btsoot/v1/SessionInfo.js';
export type {
  SignatureRegions as WireSignatureRegions,
  SignatureRegions__Output as WireSignatureRegions__Output,
} from './gen/btsoot/v1/SignatureRegions.js';
export type { SignatureReply, SignatureReply__Output } from './gen/btsoot/v1/SignatureReply.js';
export type { SignatureRequest, SignatureRequest__Output } from './gen/btsoot/v1/SignatureRequest.js';
export type { Special as WireSpecial, Special__Output as WireSpecial__Output } from './gen/btsoot/v1/Special.js';
export type { Step as WireStep, Step__Output as WireStep__Output } from './gen/btsoot/v1/Step.js';
export type { StepBatch, StepBatch__Output } from './gen/btsoot/v1/StepBatch.js';
export type {
  StepFailure as WireStepFailure,
  StepFailure__Output as WireStepFailure__Output,
} from './gen/btsoot/v1/StepFailure.js';
export type { SyncEvent, SyncEvent__Output } from './gen/btsoot/v1/SyncEvent.js';
export type { SyncRequest, SyncRequest__Output } from './gen/btsoot/v1/SyncRequest.js';
export type { VerifyEvent, VerifyEvent__Output } from './gen/btsoot/v1/VerifyEvent.js';
export type { VerifyRequest, VerifyRequest__Output } from './gen/btsoot/v1/VerifyRequest.js';
export type { VersionsPage, VersionsPage__Output } from './gen/btsoot/v1/VersionsPage.js';
