import type { BtsootError } from '../model/errors.js';
import type {
  AgentStatusReply,
  AgentStatusRequest__Output,
  ApplyReply,
  ApplyRequest__Output,
  ChildrenPage,
  ChildrenRequest__Output,
  ContentsQuery__Output,
  ContentsReply,
  CreateBlockReply,
  CreateBlockRequest__Output,
  HelloReply,
  HelloRequest__Output,
  LinkReply,
  LinkRequest__Output,
  ListSessionsReply,
  ListSessionsRequest__Output,
  ListVersionsRequest__Output,
  OpenSessionRequest__Output,
  PairReply,
  PairRequest__Output,
  PauseReply,
  PauseRequest__Output,
  PingReply,
  PingRequest__Output,
  ReadReply,
  ReadRequest__Output,
  ResumeReply,
  ResumeRequest__Output,
  SessionEvent,
  SignatureReply,
  SignatureRequest__Output,
  SyncEvent,
  SyncRequest__Output,
  VerifyEvent,
  VerifyRequest__Output,
  VersionsPage,
} from './messages.js';

/** Who calls, and until when. */
export interface CallContext {
  /** SHA-256 of the client's certificate (DER), 64 lower-case hexadecimal digits; null on a Unix socket and while pairing. */
  readonly fingerprint: string | null;
  /** Aborts when the client cancels, its connection is lost, or the server is forced to close. */
  readonly signal: AbortSignal;
  /** The caller's address, for logs. */
  readonly peer: string;
}

/**
 * What a remote agent implements. A request stream is read no faster than its handler asks, a reply stream is pulled no
 * faster than the wire takes it. A handler says no by throwing a BtsootError, which reaches the caller with its kind,
 * message and hint; any other error reaches it as `internal` without a word, and goes to `ServeOptions.onError`.
 *
 * That the requests end says nothing about completeness: Node's HTTP/2 client ends a stream before it resets it, so a
 * cancelled call may look like one that has sent all. What must be whole says so in a message, as `ApplyFinish` does.
 */
export interface RemoteHandlers {
  hello(request: HelloRequest__Output, context: CallContext): Promise<HelloReply>;
  createBlock(request: CreateBlockRequest__Output, context: CallContext): Promise<CreateBlockReply>;
  openSession(request: OpenSessionRequest__Output, context: CallContext): AsyncIterable<SessionEvent>;
  listChildren(requests: AsyncIterable<ChildrenRequest__Output>, context: CallContext): AsyncIterable<ChildrenPage>;
  apply(requests: AsyncIterable<ApplyRequest__Output>, context: CallContext): AsyncIterable<ApplyReply>;
  queryContents(request: ContentsQuery__Output, context: CallContext): Promise<ContentsReply>;
  readContents(requests: AsyncIterable<ReadRequest__Output>, context: CallContext): AsyncIterable<ReadReply>;
  readSignatures(requests: AsyncIterable<SignatureRequest__Output>, context: CallContext): AsyncIterable<SignatureReply>;
  listSessions(request: ListSessionsRequest__Output, context: CallContext): Promise<ListSessionsReply>;
  listVersions(request: ListVersionsRequest__Output, context: CallContext): AsyncIterable<VersionsPage>;
  verify(request: VerifyRequest__Output, context: CallContext): AsyncIterable<VerifyEvent>;
  measureLink(requests: AsyncIterable<LinkRequest__Output>, context: CallContext): AsyncIterable<LinkReply>;
}

/** What a running source agent implements on its control socket. */
export interface ControlHandlers {
  ping(request: PingRequest__Output, context: CallContext): Promise<PingReply>;
  sync(request: SyncRequest__Output, context: CallContext): AsyncIterable<SyncEvent>;
  agentStatus(request: AgentStatusRequest__Output, context: CallContext): Promise<AgentStatusReply>;
  pause(request: PauseRequest__Output, context: CallContext): Promise<PauseReply>;
  resume(request: ResumeRequest__Output, context: CallContext): Promise<ResumeReply>;
}

/** What answers a pairing. */
export type PairingHandler = (request: PairRequest__Output, context: CallContext) => Promise<PairReply>;

/** Where a remote agent listens. Certificates and keys are PEM; `certificate` may be a chain, its leaf first. */
export type Listen =
  | {
      readonly kind: 'tls';
      readonly host: string;
      /** 0: any free port, see `RunningServer.port`. */
      readonly port: number;
      readonly ca: string;
      readonly certificate: string;
      readonly key: string;
    }
  /** A socket of mode 0600 in a folder that is made with mode 0700. */
  | { readonly kind: 'unix'; readonly path: string };

/** Where the pairing service listens: TLS without client certificates. */
export interface PairingListen {
  readonly host: string;
  readonly port: number;
  /** PEM: the server's certificate, then the CA's that signed it. */
  readonly certificate: string;
  readonly key: string;
}

export interface ServeOptions {
  /** Gets each error that a handler threw and that was no BtsootError, or one of kind `internal`: a bug, for the log. */
  readonly onError?: (error: unknown, method: string) => void;
  /** Gets each error of kind `denied` that a handler threw: somebody tries what he may not, which is for the log too. */
  readonly onDenied?: (error: BtsootError, method: string, context: CallContext) => void;
  /**
   * Over TLS: whether the certificate of that fingerprint still lets its source in. Asked when a connection is made, and
   * again every second: one that is not let in any more is cut as soon as its calls had time to hear why.
   */
  readonly admit?: (fingerprint: string) => boolean;
  /** What whoever asks for the server's health is told, as long as it runs. Not given: that it serves. */
  readonly isWell?: () => boolean;
}

export interface RunningServer {
  /** 0 for a Unix socket. */
  readonly port: number;
  /**
   * Takes no more calls, waits up to `graceMs` for those that run, then cuts them. Resolves when all is closed and every
   * handler has ended; a handler that does not end is left behind after `handlersEndMs` more, which is 30 s if not given.
   */
  close(graceMs: number, handlersEndMs?: number): Promise<void>;
}
