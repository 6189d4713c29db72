import { existsSync } from 'node:fs';
import { type Capabilities, probe } from '@btsoot/shared/disk/capabilities.js';
import { diskSpace } from '@btsoot/shared/disk/file-system.js';
import { fromText } from '@btsoot/shared/model/bytes.js';
import { BtsootError, fromSystemError } from '@btsoot/shared/model/errors.js';
import { type Listen, type RunningServer, type ServeOptions, serveRemote } from '@btsoot/shared/wire/server.js';
import { readKeys } from '../authority-files.js';
import { BlockStore } from '../blocks.js';
import { admitBy, type Identify, identifyBy, identifyLocal } from '../caller.js';
import { metricsAddressOf, readConfig, requireConfig, scrubPlanOf } from '../config.js';
import { DenialLog } from '../denial-log.js';
import { type Layout, layoutOf } from '../layout.js';
import { type Log, openLog } from '../log.js';
import type { LogLevel } from '../log-levels.js';
import type { MetricsSource } from '../metrics.js';
import { print } from '../output.js';
import type { Remote } from '../remote.js';
import { rulesOf } from '../retention-config.js';
import { lockRoot, type RootLock } from '../root-lock.js';
import { startSchedule } from '../scrub-schedule.js';
import { Scrubber } from '../scrubber.js';
import { makeHandlers } from '../service.js';
import { SessionTable } from '../session.js';
import { SourceRegistry } from '../sources.js';
import { stopRequested } from '../stop.js';
import { VerifyDoor } from '../verifying.js';
import { programVersion } from '../version.js';
import { hostNameAsName, makeHome, requireRoot } from './init.js';

export interface ServeCommand {
  readonly root: string;
  readonly logLevel: LogLevel;
  /** Serve one program on this machine, over a private socket at this path, until our stdin ends. */
  readonly embeddedSocket: string | null;
}

const stopGraceMs = 10_000;

/** Serves a root until it is asked to stop. */
export async function serve({ root, logLevel, embeddedSocket }: ServeCommand): Promise<void> {
  const layout = layoutOf(root);
  const log = openLog(logLevel);
  const embedded = embeddedSocket !== null;
  if (embedded) {
    requireRoot(layout);
    makeHome(layout);
  } else {
    requireConfig(layout);
  }
  // A rule that nobody understands is better heard of now than in a log.
  readConfig(layout);
  const lock = lockRoot(layout, embedded ? 'serves it to a program on this machine' : 'serves it');
  try {
    const listen: Listen = embedded ? { kind: 'unix', path: embeddedSocket } : tlsListen(layout);
    await serveUntilStopped({ layout, listen, log, lock });
  } finally {
    lock.release();
  }
}

interface Serving {
  readonly layout: Layout;
  readonly listen: Listen;
  readonly log: Log;
  readonly lock: RootLock;
}

async function serveUntilStopped({ layout, listen, log, lock }: Serving): Promise<void> {
  const embedded = listen.kind === 'unix';
  const stopping = new AbortController();
  const can = probe(fromText(layout.home));
  const blocks = new BlockStore(layout, can);
  try {
    const registry = new SourceRegistry(layout.sourcesFile);
    const identify = embedded ? identifyLocal : identifyBy(registry);
    const remote = makeRemote(layout, { identify, blocks, can, log, stopping: stopping.signal });
    const denials = new DenialLog(log, (fingerprint) => registry.nameOf(fingerprint));
    // A disk that was pulled takes its folder with it.
    const options = { ...serveOptions(registry, denials, log), isWell: () => existsSync(layout.home) };
    const server = await serveRemote(makeHandlers(remote), listen, options);
    const owner = embedded ? null : await serveOwner(layout, remote, options);
    if (embedded || owner !== null) lock.answersAt(embedded ? listen.path : layout.socketFile);
    const schedule = embedded ? null : startSchedule(remote, scrubPlanOf(requireConfig(layout)));
    const metrics = embedded ? null : await serveMetrics({ layout, remote, registry, deniedCalls: () => denials.count });
    log.info('serving', {
      root: layout.root,
      pid: process.pid,
      at: listen.kind === 'tls' ? `${listen.host}:${server.port}` : listen.path,
    });
    if (embedded) print('ready');
    const loss = blocks.rootLoss(stopping.signal);
    const reason = await Promise.race([stopRequested({ onStdinEnd: embedded }), loss]);
    log.info('stopping', { reason: reason instanceof BtsootError ? reason.message : (reason ?? 'stopped') });
    stopping.abort(new BtsootError('cancelled', 'the remote agent is stopping'));
    schedule?.stop();
    await metrics?.close();
    await Promise.all([stop(remote, server), owner?.close(stopGraceMs)]);
    await remote.scrubber.settled();
    if (reason instanceof BtsootError) throw reason;
  } finally {
    blocks.close();
  }
}

/**
 * Answers the root's owner on this machine, for `btsoot-remote scrub`: the same calls over a private socket beside the
 * blocks. Where the file system has no sockets, there is none.
 */
async function serveOwner(layout: Layout, remote: Remote, options: ServeOptions): Promise<RunningServer | null> {
  try {
    return await serveRemote(
      makeHandlers({ ...remote, identify: identifyLocal }),
      { kind: 'unix', path: layout.socketFile },
      options,
    );
  } catch (error) {
    const reason = fromSystemError(error, 'listening').message;
    remote.log.warn('no socket for commands on this machine', { path: layout.socketFile, reason });
    return null;
  }
}

async function serveMetrics(source: MetricsSource) {
  const address = metricsAddressOf(requireConfig(source.layout));
  if (address === null) return null;
  const { startMetrics } = await import('../metrics.js');
  return await startMetrics(address, source);
}

function serveOptions(registry: SourceRegistry, denials: DenialLog, log: Log): ServeOptions {
  return {
    onError(error, method) {
      const stack = error instanceof Error ? (error.stack ?? '') : String(error);
      log.error('a call failed for a reason that is a bug', { method, error: stack });
    },
    onDenied: (error, method, context) => denials.denied(error, method, context),
    admit: admitBy(registry),
  };
}

/** What is whole is committed, and the sources are told that they may come again. */
async function stop(remote: Remote, server: RunningServer): Promise<void> {
  remote.sessions.endAll(
    new BtsootError('unreachable', 'the remote agent is stopping', { hint: 'Run the command again when it is back.' }),
  );
  await server.close(stopGraceMs);
}

interface RemoteParts {
  readonly identify: Identify;
  readonly blocks: BlockStore;
  readonly can: Capabilities;
  readonly log: Log;
  readonly stopping: AbortSignal;
}

function makeRemote(layout: Layout, { identify, blocks, can, log, stopping }: RemoteParts): Remote {
  const { chown, hardLinks, reflinks, xattrs } = can;
  if (!xattrs) log.info('this disk cannot hold extended attributes: they are kept in the manifests', { root: layout.root });
  const sessions = new SessionTable();
  return {
    name: readConfig(layout)?.name ?? hostNameAsName(),
    version: programVersion(),
    blocks,
    sessions,
    scrubber: new Scrubber({ blocks, sessions, log }),
    verifying: new VerifyDoor(),
    identify,
    chown,
    hardLinks,
    reflinks,
    space: () => diskSpace(fromText(layout.root)),
    retention: () => rulesOf(readConfig(layout)?.retention),
    log,
    stopping,
  };
}

function tlsListen(layout: Layout): Listen {
  const { host, port } = requireConfig(layout).listen;
  try {
    const { authority, server } = readKeys(layout);
    return { kind: 'tls', host, port, ca: authority.certificatePem, certificate: server.certificatePem, key: server.keyPem };
  } catch (error) {
    throw fromSystemError(error, 'reading the keys of the remote');
  }
}
