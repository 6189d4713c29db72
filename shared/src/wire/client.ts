import type { TreePath } from '../model/bytes.js';
import { toBytes } from '../model/bytes.js';
import { Channel, type Requests } from './channel.js';
import type { ControlClient as ControlStub } from './gen/btsoot/v1/Control.js';
import type { RemoteClient as RemoteStub } from './gen/btsoot/v1/Remote.js';
import type {
  AgentStatusReply__Output,
  ApplyReply__Output,
  ApplyRequest,
  ChildrenPage__Output,
  ChildrenRequest,
  ContentsQuery,
  ContentsReply__Output,
  CreateBlockReply__Output,
  HelloReply__Output,
  LinkReply__Output,
  LinkRequest,
  ListSessionsReply__Output,
  ListVersionsRequest,
  OpenSessionRequest,
  PauseReply__Output,
  PauseRequest,
  PingReply__Output,
  ReadReply__Output,
  ReadRequest,
  ResumeReply__Output,
  ResumeRequest,
  SessionEvent__Output,
  SignatureReply__Output,
  SignatureRequest,
  SyncEvent__Output,
  SyncRequest,
  VerifyEvent__Output,
  VerifyRequest,
  VersionsPage__Output,
} from './messages.js';
import { controlPackage, remotePackage } from './proto.js';
import { checkProtocol, PROTOCOL } from './protocol.js';

export type { Requests } from './channel.js';

/** Where a remote agent is found. PEM texts: its CA, and the certificate and key that it gave this source at pairing. */
export type RemoteAddress =
  | {
      readonly kind: 'tls';
      readonly host: string;
      readonly port: number;
      readonly ca: string;
      readonly certificate: string;
      readonly key: string;
    }
  | { readonly kind: 'unix'; readonly path: string };

/**
 * A channel to a remote agent. Connects at the first call; every error is a BtsootError (`unreachable` with the address
 * where there is no connection). What a reply says is not checked here: read it with convert.ts.
 *
 * Streams start when their iteration starts. They end when it is left, when `signal` aborts, or when the remote ends them.
 */
export class RemoteClient {
  readonly #channel: Channel<RemoteStub>;

  private constructor(address: RemoteAddress) {
    this.#channel = new Channel(remotePackage().Remote, address);
  }

  static connect(address: RemoteAddress): RemoteClient {
    return new RemoteClient(address);
  }

  /** Says who is there. @throws BtsootError of kind `version` where it speaks another major. */
  async hello(signal?: AbortSignal): Promise<HelloReply__Output> {
    const request = { protocolMajor: PROTOCOL.major, protocolMinor: PROTOCOL.minor };
    const reply = await this.#channel.unary<HelloReply__Output>(
      (client, options, done) => client.hello(request, options, done),
      signal,
    );
    checkProtocol(reply.protocolMajor, reply.protocolMinor, 'remote');
    return reply;
  }

  /** The folder is relative to the remote's root. */
  createBlock(folder: TreePath, signal?: AbortSignal): Promise<CreateBlockReply__Output> {
    const request = { protocolMajor: PROTOCOL.major, folder: toBytes(folder) };
    return this.#channel.unary((client, options, done) => client.createBlock(request, options, done), signal);
  }

  /** The lease lasts until the iteration is left: hold on to it for as long as the session lasts. */
  openSession(request: OpenSessionRequest, signal?: AbortSignal): AsyncGenerator<SessionEvent__Output, void, undefined> {
    return this.#channel.serverStream((client) => client.openSession(request), signal);
  }

  listChildren(requests: Requests<ChildrenRequest>, signal?: AbortSignal): AsyncGenerator<ChildrenPage__Output, void, undefined> {
    return this.#channel.bidi((client) => client.listChildren(), requests, signal);
  }

  apply(requests: Requests<ApplyRequest>, signal?: AbortSignal): AsyncGenerator<ApplyReply__Output, void, undefined> {
    return this.#channel.bidi((client) => client.apply(), requests, signal);
  }

  queryContents(query: ContentsQuery, signal?: AbortSignal): Promise<ContentsReply__Output> {
    return this.#channel.unary((client, options, done) => client.queryContents(query, options, done), signal);
  }

  readContents(requests: Requests<ReadRequest>, signal?: AbortSignal): AsyncGenerator<ReadReply__Output, void, undefined> {
    return this.#channel.bidi((client) => client.readContents(), requests, signal);
  }

  readSignatures(
    requests: Requests<SignatureRequest>,
    signal?: AbortSignal,
  ): AsyncGenerator<SignatureReply__Output, void, undefined> {
    return this.#channel.bidi((client) => client.readSignatures(), requests, signal);
  }

  /** `session` is the capability that `openSession` gave: 16 bytes. */
  listSessions(session: Uint8Array, signal?: AbortSignal): Promise<ListSessionsReply__Output> {
    return this.#channel.unary((client, options, done) => client.listSessions({ session }, options, done), signal);
  }

  listVersions(request: ListVersionsRequest, signal?: AbortSignal): AsyncGenerator<VersionsPage__Output, void, undefined> {
    return this.#channel.serverStream((client) => client.listVersions(request), signal);
  }

  verify(request: VerifyRequest, signal?: AbortSignal): AsyncGenerator<VerifyEvent__Output, void, undefined> {
    return this.#channel.serverStream((client) => client.verify(request), signal);
  }

  /** @throws BtsootError of kind `version` where the remote is of before there was such a call. */
  measureLink(requests: Requests<LinkRequest>, signal?: AbortSignal): AsyncGenerator<LinkReply__Output, void, undefined> {
    return this.#channel.bidi((client) => client.measureLink(), requests, signal);
  }

  /** Takes no more calls, cancels those that run, and drops the connection. */
  close(): void {
    this.#channel.close();
  }
}

/** A channel to a running source agent, over its control socket. Errors and streams are as those of `RemoteClient`. */
export class ControlClient {
  readonly #channel: Channel<ControlStub>;

  private constructor(socketPath: string) {
    this.#channel = new Channel(controlPackage().Control, { kind: 'unix', path: socketPath });
  }

  static connect(socketPath: string): ControlClient {
    return new ControlClient(socketPath);
  }

  ping(signal?: AbortSignal): Promise<PingReply__Output> {
    return this.#channel.unary((client, options, done) => client.ping({}, options, done), signal);
  }

  /** Leaving the iteration does not stop a sync that others watch too: that is the agent's to decide. */
  sync(request: SyncRequest, signal?: AbortSignal): AsyncGenerator<SyncEvent__Output, void, undefined> {
    return this.#channel.serverStream((client) => client.sync(request), signal);
  }

  agentStatus(signal?: AbortSignal): Promise<AgentStatusReply__Output> {
    return this.#channel.unary((client, options, done) => client.agentStatus({}, options, done), signal);
  }

  /** @throws BtsootError of kind `version` where the agent is of before there was such a call. */
  pause(request: PauseRequest, signal?: AbortSignal): Promise<PauseReply__Output> {
    return this.#channel.unary((client, options, done) => client.pause(request, options, done), signal);
  }

  /** @throws BtsootError of kind `version` where the agent is of before there was such a call. */
  resume(request: ResumeRequest, signal?: AbortSignal): Promise<ResumeReply__Output> {
    return this.#channel.unary((client, options, done) => client.resume(request, options, done), signal);
  }

  close(): void {
    this.#channel.close();
  }
}
