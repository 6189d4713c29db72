// Original file: proto/btsoot/v1/remote.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { ApplyReply as _btsoot_v1_ApplyReply, ApplyReply__Output as _btsoot_v1_ApplyReply__Output } from '../../btsoot/v1/ApplyReply.js';
import type { ApplyRequest as _btsoot_v1_ApplyRequest, ApplyRequest__Output as _btsoot_v1_ApplyRequest__Output } from '../../btsoot/v1/ApplyRequest.js';
import type { ChildrenPage as _btsoot_v1_ChildrenPage, ChildrenPage__Output as _btsoot_v1_ChildrenPage__Output } from '../../btsoot/v1/ChildrenPage.js';
import type { ChildrenRequest as _btsoot_v1_ChildrenRequest, ChildrenRequest__Output as _btsoot_v1_ChildrenRequest__Output } from '../../btsoot/v1/ChildrenRequest.js';
import type { ContentsQuery as _btsoot_v1_ContentsQuery, ContentsQuery__Output as _btsoot_v1_ContentsQuery__Output } from '../../btsoot/v1/ContentsQuery.js';
import type { ContentsReply as _btsoot_v1_ContentsReply, ContentsReply__Output as _btsoot_v1_ContentsReply__Output } from '../../btsoot/v1/ContentsReply.js';
import type { CreateBlockReply as _btsoot_v1_CreateBlockReply, CreateBlockReply__Output as _btsoot_v1_CreateBlockReply__Output } from '../../btsoot/v1/CreateBlockReply.js';
import type { CreateBlockRequest as _btsoot_v1_CreateBlockRequest, CreateBlockRequest__Output as _btsoot_v1_CreateBlockRequest__Output } from '../../btsoot/v1/CreateBlockRequest.js';
import type { HelloReply as _btsoot_v1_HelloReply, HelloReply__Output as _btsoot_v1_HelloReply__Output } from '../../btsoot/v1/HelloReply.js';
import type { HelloRequest as _btsoot_v1_HelloRequest, HelloRequest__Output as _btsoot_v1_HelloRequest__Output } from '../../btsoot/v1/HelloRequest.js';
import type { LinkReply as _btsoot_v1_LinkReply, LinkReply__Output as _btsoot_v1_LinkReply__Output } from '../../btsoot/v1/LinkReply.js';
import type { LinkRequest as _btsoot_v1_LinkRequest, LinkRequest__Output as _btsoot_v1_LinkRequest__Output } from '../../btsoot/v1/LinkRequest.js';
import type { ListSessionsReply as _btsoot_v1_ListSessionsReply, ListSessionsReply__Output as _btsoot_v1_ListSessionsReply__Output } from '../../btsoot/v1/ListSessionsReply.js';
import type { ListSessionsRequest as _btsoot_v1_ListSessionsRequest, ListSessionsRequest__Output as _btsoot_v1_ListSessionsRequest__Output } from '../../btsoot/v1/ListSessionsRequest.js';
import type { ListVersionsRequest as _btsoot_v1_ListVersionsRequest, ListVersionsRequest__Output as _btsoot_v1_ListVersionsRequest__Output } from '../../btsoot/v1/ListVersionsRequest.js';
import type { OpenSessionRequest as _btsoot_v1_OpenSessionRequest, OpenSessionRequest__Output as _btsoot_v1_OpenSessionRequest__Output } from '../../btsoot/v1/OpenSessionRequest.js';
import type { ReadReply as _btsoot_v1_ReadReply, ReadReply__Output as _btsoot_v1_ReadReply__Output } from '../../btsoot/v1/ReadReply.js';
import type { ReadRequest as _btsoot_v1_ReadRequest, ReadRequest__Output as _btsoot_v1_ReadRequest__Output } from '../../btsoot/v1/ReadRequest.js';
import type { SessionEvent as _btsoot_v1_SessionEvent, SessionEvent__Output as _btsoot_v1_SessionEvent__Output } from '../../btsoot/v1/SessionEvent.js';
import type { SignatureReply as _btsoot_v1_SignatureReply, SignatureReply__Output as _btsoot_v1_SignatureReply__Output } from '../../btsoot/v1/SignatureReply.js';
import type { SignatureRequest as _btsoot_v1_SignatureRequest, SignatureRequest__Output as _btsoot_v1_SignatureRequest__Output } from '../../btsoot/v1/SignatureRequest.js';
import type { VerifyEvent as _btsoot_v1_VerifyEvent, VerifyEvent__Output as _btsoot_v1_VerifyEvent__Output } from '../../btsoot/v1/VerifyEvent.js';
import type { VerifyRequest as _btsoot_v1_VerifyRequest, VerifyRequest__Output as _btsoot_v1_VerifyRequest__Output } from '../../btsoot/v1/VerifyRequest.js';
import type { VersionsPage as _btsoot_v1_VersionsPage, VersionsPage__Output as _btsoot_v1_VersionsPage__Output } from '../../btsoot/v1/VersionsPage.js';

/**
 * Served over mutual TLS 1.3, or over a private Unix socket.
 */
export interface RemoteClient extends grpc.Client {
  /**
   * Steps and file data in, acknowledgements out.
   */
  Apply(metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientDuplexStream<_btsoot_v1_ApplyRequest, _btsoot_v1_ApplyReply__Output>;
  Apply(options?: grpc.CallOptions): grpc.ClientDuplexStream<_btsoot_v1_ApplyRequest, _btsoot_v1_ApplyReply__Output>;
  /**
   * Steps and file data in, acknowledgements out.
   */
  apply(metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientDuplexStream<_btsoot_v1_ApplyRequest, _btsoot_v1_ApplyReply__Output>;
  apply(options?: grpc.CallOptions): grpc.ClientDuplexStream<_btsoot_v1_ApplyRequest, _btsoot_v1_ApplyReply__Output>;
  
  /**
   * Makes a block's folder, or opens an existing one for this source.
   */
  CreateBlock(argument: _btsoot_v1_CreateBlockRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_btsoot_v1_CreateBlockReply__Output>): grpc.ClientUnaryCall;
  CreateBlock(argument: _btsoot_v1_CreateBlockRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_btsoot_v1_CreateBlockReply__Output>): grpc.ClientUnaryCall;
  CreateBlock(argument: _btsoot_v1_CreateBlockRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_btsoot_v1_CreateBlockReply__Output>): grpc.ClientUnaryCall;
  CreateBlock(argument: _btsoot_v1_CreateBlockRequest, callback: grpc.requestCallback<_btsoot_v1_CreateBlockReply__Output>): grpc.ClientUnaryCall;
  /**
   * Makes a block's folder, or opens an existing one for this source.
   */
  createBlock(argument: _btsoot_v1_CreateBlockRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_btsoot_v1_CreateBlockReply__Output>): grpc.ClientUnaryCall;
  createBlock(argument: _btsoot_v1_CreateBlockRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_btsoot_v1_CreateBlockReply__Output>): grpc.ClientUnaryCall;
  createBlock(argument: _btsoot_v1_CreateBlockRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_btsoot_v1_CreateBlockReply__Output>): grpc.ClientUnaryCall;
  createBlock(argument: _btsoot_v1_CreateBlockRequest, callback: grpc.requestCallback<_btsoot_v1_CreateBlockReply__Output>): grpc.ClientUnaryCall;
  
  /**
   * Says who answers and which protocol it speaks.
   */
  Hello(argument: _btsoot_v1_HelloRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_btsoot_v1_HelloReply__Output>): grpc.ClientUnaryCall;
  Hello(argument: _btsoot_v1_HelloRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_btsoot_v1_HelloReply__Output>): grpc.ClientUnaryCall;
  Hello(argument: _btsoot_v1_HelloRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_btsoot_v1_HelloReply__Output>): grpc.ClientUnaryCall;
  Hello(argument: _btsoot_v1_HelloRequest, callback: grpc.requestCallback<_btsoot_v1_HelloReply__Output>): grpc.ClientUnaryCall;
  /**
   * Says who answers and which protocol it speaks.
   */
  hello(argument: _btsoot_v1_HelloRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_btsoot_v1_HelloReply__Output>): grpc.ClientUnaryCall;
  hello(argument: _btsoot_v1_HelloRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_btsoot_v1_HelloReply__Output>): grpc.ClientUnaryCall;
  hello(argument: _btsoot_v1_HelloRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_btsoot_v1_HelloReply__Output>): grpc.ClientUnaryCall;
  hello(argument: _btsoot_v1_HelloRequest, callback: grpc.requestCallback<_btsoot_v1_HelloReply__Output>): grpc.ClientUnaryCall;
  
  /**
   * Children of directories, in pages. Directories may be asked for while earlier answers still come.
   */
  ListChildren(metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientDuplexStream<_btsoot_v1_ChildrenRequest, _btsoot_v1_ChildrenPage__Output>;
  ListChildren(options?: grpc.CallOptions): grpc.ClientDuplexStream<_btsoot_v1_ChildrenRequest, _btsoot_v1_ChildrenPage__Output>;
  /**
   * Children of directories, in pages. Directories may be asked for while earlier answers still come.
   */
  listChildren(metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientDuplexStream<_btsoot_v1_ChildrenRequest, _btsoot_v1_ChildrenPage__Output>;
  listChildren(options?: grpc.CallOptions): grpc.ClientDuplexStream<_btsoot_v1_ChildrenRequest, _btsoot_v1_ChildrenPage__Output>;
  
  /**
   * The block's sessions, newest first.
   */
  ListSessions(argument: _btsoot_v1_ListSessionsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_btsoot_v1_ListSessionsReply__Output>): grpc.ClientUnaryCall;
  ListSessions(argument: _btsoot_v1_ListSessionsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_btsoot_v1_ListSessionsReply__Output>): grpc.ClientUnaryCall;
  ListSessions(argument: _btsoot_v1_ListSessionsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_btsoot_v1_ListSessionsReply__Output>): grpc.ClientUnaryCall;
  ListSessions(argument: _btsoot_v1_ListSessionsRequest, callback: grpc.requestCallback<_btsoot_v1_ListSessionsReply__Output>): grpc.ClientUnaryCall;
  /**
   * The block's sessions, newest first.
   */
  listSessions(argument: _btsoot_v1_ListSessionsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_btsoot_v1_ListSessionsReply__Output>): grpc.ClientUnaryCall;
  listSessions(argument: _btsoot_v1_ListSessionsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_btsoot_v1_ListSessionsReply__Output>): grpc.ClientUnaryCall;
  listSessions(argument: _btsoot_v1_ListSessionsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_btsoot_v1_ListSessionsReply__Output>): grpc.ClientUnaryCall;
  listSessions(argument: _btsoot_v1_ListSessionsRequest, callback: grpc.requestCallback<_btsoot_v1_ListSessionsReply__Output>): grpc.ClientUnaryCall;
  
  /**
   * What a path was in the sessions that are kept, and what became of it elsewhere, newest first, in pages.
   */
  ListVersions(argument: _btsoot_v1_ListVersionsRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_btsoot_v1_VersionsPage__Output>;
  ListVersions(argument: _btsoot_v1_ListVersionsRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_btsoot_v1_VersionsPage__Output>;
  /**
   * What a path was in the sessions that are kept, and what became of it elsewhere, newest first, in pages.
   */
  listVersions(argument: _btsoot_v1_ListVersionsRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_btsoot_v1_VersionsPage__Output>;
  listVersions(argument: _btsoot_v1_ListVersionsRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_btsoot_v1_VersionsPage__Output>;
  
  /**
   * Takes and gives bytes that mean nothing, to measure the link. Not known to remotes of minor 0.
   */
  MeasureLink(metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientDuplexStream<_btsoot_v1_LinkRequest, _btsoot_v1_LinkReply__Output>;
  MeasureLink(options?: grpc.CallOptions): grpc.ClientDuplexStream<_btsoot_v1_LinkRequest, _btsoot_v1_LinkReply__Output>;
  /**
   * Takes and gives bytes that mean nothing, to measure the link. Not known to remotes of minor 0.
   */
  measureLink(metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientDuplexStream<_btsoot_v1_LinkRequest, _btsoot_v1_LinkReply__Output>;
  measureLink(options?: grpc.CallOptions): grpc.ClientDuplexStream<_btsoot_v1_LinkRequest, _btsoot_v1_LinkReply__Output>;
  
  /**
   * Takes the block's writer lease, checks the tree, and says its state. The lease lasts as long as the call does.
   */
  OpenSession(argument: _btsoot_v1_OpenSessionRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_btsoot_v1_SessionEvent__Output>;
  OpenSession(argument: _btsoot_v1_OpenSessionRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_btsoot_v1_SessionEvent__Output>;
  /**
   * Takes the block's writer lease, checks the tree, and says its state. The lease lasts as long as the call does.
   */
  openSession(argument: _btsoot_v1_OpenSessionRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_btsoot_v1_SessionEvent__Output>;
  openSession(argument: _btsoot_v1_OpenSessionRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_btsoot_v1_SessionEvent__Output>;
  
  /**
   * Which of these contents the block holds, in its tree or in its history.
   */
  QueryContents(argument: _btsoot_v1_ContentsQuery, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_btsoot_v1_ContentsReply__Output>): grpc.ClientUnaryCall;
  QueryContents(argument: _btsoot_v1_ContentsQuery, metadata: grpc.Metadata, callback: grpc.requestCallback<_btsoot_v1_ContentsReply__Output>): grpc.ClientUnaryCall;
  QueryContents(argument: _btsoot_v1_ContentsQuery, options: grpc.CallOptions, callback: grpc.requestCallback<_btsoot_v1_ContentsReply__Output>): grpc.ClientUnaryCall;
  QueryContents(argument: _btsoot_v1_ContentsQuery, callback: grpc.requestCallback<_btsoot_v1_ContentsReply__Output>): grpc.ClientUnaryCall;
  /**
   * Which of these contents the block holds, in its tree or in its history.
   */
  queryContents(argument: _btsoot_v1_ContentsQuery, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_btsoot_v1_ContentsReply__Output>): grpc.ClientUnaryCall;
  queryContents(argument: _btsoot_v1_ContentsQuery, metadata: grpc.Metadata, callback: grpc.requestCallback<_btsoot_v1_ContentsReply__Output>): grpc.ClientUnaryCall;
  queryContents(argument: _btsoot_v1_ContentsQuery, options: grpc.CallOptions, callback: grpc.requestCallback<_btsoot_v1_ContentsReply__Output>): grpc.ClientUnaryCall;
  queryContents(argument: _btsoot_v1_ContentsQuery, callback: grpc.requestCallback<_btsoot_v1_ContentsReply__Output>): grpc.ClientUnaryCall;
  
  /**
   * The bytes of contents that the block holds, in the order asked for.
   */
  ReadContents(metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientDuplexStream<_btsoot_v1_ReadRequest, _btsoot_v1_ReadReply__Output>;
  ReadContents(options?: grpc.CallOptions): grpc.ClientDuplexStream<_btsoot_v1_ReadRequest, _btsoot_v1_ReadReply__Output>;
  /**
   * The bytes of contents that the block holds, in the order asked for.
   */
  readContents(metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientDuplexStream<_btsoot_v1_ReadRequest, _btsoot_v1_ReadReply__Output>;
  readContents(options?: grpc.CallOptions): grpc.ClientDuplexStream<_btsoot_v1_ReadRequest, _btsoot_v1_ReadReply__Output>;
  
  /**
   * Fine signatures of parts of contents, and chunk lists of contents, in the order asked for.
   */
  ReadSignatures(metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientDuplexStream<_btsoot_v1_SignatureRequest, _btsoot_v1_SignatureReply__Output>;
  ReadSignatures(options?: grpc.CallOptions): grpc.ClientDuplexStream<_btsoot_v1_SignatureRequest, _btsoot_v1_SignatureReply__Output>;
  /**
   * Fine signatures of parts of contents, and chunk lists of contents, in the order asked for.
   */
  readSignatures(metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientDuplexStream<_btsoot_v1_SignatureRequest, _btsoot_v1_SignatureReply__Output>;
  readSignatures(options?: grpc.CallOptions): grpc.ClientDuplexStream<_btsoot_v1_SignatureRequest, _btsoot_v1_SignatureReply__Output>;
  
  /**
   * Reads the contents of a block again, its history included, and says what is damaged. Takes no lease: it waits while a
   * session is open. Ends early, to be taken up another time, when the call does; callers for one block share one reading.
   */
  Verify(argument: _btsoot_v1_VerifyRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_btsoot_v1_VerifyEvent__Output>;
  Verify(argument: _btsoot_v1_VerifyRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_btsoot_v1_VerifyEvent__Output>;
  /**
   * Reads the contents of a block again, its history included, and says what is damaged. Takes no lease: it waits while a
   * session is open. Ends early, to be taken up another time, when the call does; callers for one block share one reading.
   */
  verify(argument: _btsoot_v1_VerifyRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_btsoot_v1_VerifyEvent__Output>;
  verify(argument: _btsoot_v1_VerifyRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_btsoot_v1_VerifyEvent__Output>;
  
}

/**
 * Served over mutual TLS 1.3, or over a private Unix socket.
 */
export interface RemoteHandlers extends grpc.UntypedServiceImplementation {
  /**
   * Steps and file data in, acknowledgements out.
   */
  Apply: grpc.handleBidiStreamingCall<_btsoot_v1_ApplyRequest__Output, _btsoot_v1_ApplyReply>;
  
  /**
   * Makes a block's folder, or opens an existing one for this source.
   */
  CreateBlock: grpc.handleUnaryCall<_btsoot_v1_CreateBlockRequest__Output, _btsoot_v1_CreateBlockReply>;
  
  /**
   * Says who answers and which protocol it speaks.
   */
  Hello: grpc.handleUnaryCall<_btsoot_v1_HelloRequest__Output, _btsoot_v1_HelloReply>;
  
  /**
   * Children of directories, in pages. Directories may be asked for while earlier answers still come.
   */
  ListChildren: grpc.handleBidiStreamingCall<_btsoot_v1_ChildrenRequest__Output, _btsoot_v1_ChildrenPage>;
  
  /**
   * The block's sessions, newest first.
   */
  ListSessions: grpc.handleUnaryCall<_btsoot_v1_ListSessionsRequest__Output, _btsoot_v1_ListSessionsReply>;
  
  /**
   * What a path was in the sessions that are kept, and what became of it elsewhere, newest first, in pages.
   */
  ListVersions: grpc.handleServerStreamingCall<_btsoot_v1_ListVersionsRequest__Output, _btsoot_v1_VersionsPage>;
  
  /**
   * Takes and gives bytes that mean nothing, to measure the link. Not known to remotes of minor 0.
   */
  MeasureLink: grpc.handleBidiStreamingCall<_btsoot_v1_LinkRequest__Output, _btsoot_v1_LinkReply>;
  
  /**
   * Takes the block's writer lease, checks the tree, and says its state. The lease lasts as long as the call does.
   */
  OpenSession: grpc.handleServerStreamingCall<_btsoot_v1_OpenSessionRequest__Output, _btsoot_v1_SessionEvent>;
  
  /**
   * Which of these contents the block holds, in its tree or in its history.
   */
  QueryContents: grpc.handleUnaryCall<_btsoot_v1_ContentsQuery__Output, _btsoot_v1_ContentsReply>;
  
  /**
   * The bytes of contents that the block holds, in the order asked for.
   */
  ReadContents: grpc.handleBidiStreamingCall<_btsoot_v1_ReadRequest__Output, _btsoot_v1_ReadReply>;
  
  /**
   * Fine signatures of parts of contents, and chunk lists of contents, in the order asked for.
   */
  ReadSignatures: grpc.handleBidiStreamingCall<_btsoot_v1_SignatureRequest__Output, _btsoot_v1_SignatureReply>;
  
  /**
   * Reads the contents of a block again, its history included, and says what is damaged. Takes no lease: it waits while a
   * session is open. Ends early, to be taken up another time, when the call does; callers for one block share one reading.
   */
  Verify: grpc.handleServerStreamingCall<_btsoot_v1_VerifyRequest__Output, _btsoot_v1_VerifyEvent>;
  
}

export interface RemoteDefinition extends grpc.ServiceDefinition {
  Apply: MethodDefinition<_btsoot_v1_ApplyRequest, _btsoot_v1_ApplyReply, _btsoot_v1_ApplyRequest__Output, _btsoot_v1_ApplyReply__Output>
  CreateBlock: MethodDefinition<_btsoot_v1_CreateBlockRequest, _btsoot_v1_CreateBlockReply, _btsoot_v1_CreateBlockRequest__Output, _btsoot_v1_CreateBlockReply__Output>
  Hello: MethodDefinition<_btsoot_v1_HelloRequest, _btsoot_v1_HelloReply, _btsoot_v1_HelloRequest__Output, _btsoot_v1_HelloReply__Output>
  ListChildren: MethodDefinition<_btsoot_v1_ChildrenRequest, _btsoot_v1_ChildrenPage, _btsoot_v1_ChildrenRequest__Output, _btsoot_v1_ChildrenPage__Output>
  ListSessions: MethodDefinition<_btsoot_v1_ListSessionsRequest, _btsoot_v1_ListSessionsReply, _btsoot_v1_ListSessionsRequest__Output, _btsoot_v1_ListSessionsReply__Output>
  ListVersions: MethodDefinition<_btsoot_v1_ListVersionsRequest, _btsoot_v1_VersionsPage, _btsoot_v1_ListVersionsRequest__Output, _btsoot_v1_VersionsPage__Output>
  MeasureLink: MethodDefinition<_btsoot_v1_LinkRequest, _btsoot_v1_LinkReply, _btsoot_v1_LinkRequest__Output, _btsoot_v1_LinkReply__Output>
  OpenSession: MethodDefinition<_btsoot_v1_OpenSessionRequest, _btsoot_v1_SessionEvent, _btsoot_v1_OpenSessionRequest__Output, _btsoot_v1_SessionEvent__Output>
  QueryContents: MethodDefinition<_btsoot_v1_ContentsQuery, _btsoot_v1_ContentsReply, _btsoot_v1_ContentsQuery__Output, _btsoot_v1_ContentsReply__Output>
  ReadContents: MethodDefinition<_btsoot_v1_ReadRequest, _btsoot_v1_ReadReply, _btsoot_v1_ReadRequest__Output, _btsoot_v1_ReadReply__Output>
  ReadSignatures: MethodDefinition<_btsoot_v1_SignatureRequest, _btsoot_v1_SignatureReply, _btsoot_v1_SignatureRequest__Output, _btsoot_v1_SignatureReply__Output>
  Verify: MethodDefinition<_btsoot_v1_VerifyRequest, _btsoot_v1_VerifyEvent, _btsoot_v1_VerifyRequest__Output, _btsoot_v1_VerifyEvent__Output>
}
