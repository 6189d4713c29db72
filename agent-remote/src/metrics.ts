import { setImmediate } from 'node:timers/promises';
import { diskSpace } from '@btsoot/shared/disk/file-system.js';
import { formatLoopback, type LoopbackAddress } from '@btsoot/shared/metrics/loopback.js';
import { makeRenderer } from '@btsoot/shared/metrics/renderer.js';
import { type MetricsServer, serveMetrics } from '@btsoot/shared/metrics/server.js';
import { display, fromText, type TreePath } from '@btsoot/shared/model/bytes.js';
import { fromSystemError } from '@btsoot/shared/model/errors.js';
import type { BlockFacts } from './block-facts.js';
import { type BlockSample, remoteFamilies } from './families.js';
import type { Layout } from './layout.js';
import type { Remote } from './remote.js';
import type { SourceRegistry } from './sources.js';

export interface MetricsSource {
  readonly layout: Layout;
  readonly remote: Remote;
  readonly registry: SourceRegistry;
  readonly deniedCalls: () => number;
}

/** Serves a remote's metrics. An address that cannot be had keeps nobody from being served: null. */
export async function startMetrics(address: LoopbackAddress, source: MetricsSource): Promise<MetricsServer | null> {
  const { log } = source.remote;
  const at = formatLoopback(address);
  const onError = (error: unknown): void =>
    log.error('metrics cannot be told', { reason: fromSystemError(error, 'reading metrics').message });
  try {
    const server = await serveMetrics(address, makeRenderMetrics(source), onError);
    log.info('metrics are served', { at });
    return server;
  } catch (error) {
    log.error('metrics are not served', { at, reason: fromSystemError(error, 'listening').message });
    return null;
  }
}

/** What renders a remote's metrics for Prometheus. */
function makeRenderMetrics({ layout, remote, registry, deniedCalls }: MetricsSource): () => Promise<string> {
  return makeRenderer(async () => {
    const blocks: BlockSample[] = [];
    for (const folder of remote.blocks.list()) {
      blocks.push({ folder: display(folder), facts: factsOf(remote, folder), scrubbing: remote.scrubber.progressOf(folder) });
      // Calls go on between two blocks: each may take a database to be opened.
      await setImmediate();
    }
    return remoteFamilies({
      version: remote.version,
      sessions: remote.sessions.size,
      deniedCalls: deniedCalls(),
      pairedSources: registry.list().filter(({ revokedAt }) => revokedAt === null).length,
      space: diskSpace(fromText(layout.root)),
      blocks,
    });
  });
}

function factsOf(remote: Remote, folder: TreePath): BlockFacts | null {
  try {
    return remote.blocks.facts(folder);
  } catch {
    return null; // whoever works on the block says what is wrong with it
  }
}
