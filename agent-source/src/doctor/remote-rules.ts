import { Check, type Diagnosis } from '@btsoot/shared/model/diagnosis.js';
import { formatBytes, formatDuration } from '@btsoot/shared/model/human.js';
import type { LinkSpeed } from './link-speed.js';

const SLOW_MS = 2_000;

/** @param tripMs the shortest round trip that was seen */
export function judgeTrip(remote: string, where: string, tripMs: number): Diagnosis {
  const check = new Check('reachable', remote);
  const trip = tripMs < 1_000 ? `${tripMs.toFixed(tripMs < 10 ? 1 : 0)} ms` : formatDuration(tripMs);
  const text = `it answers at ${where}, in ${trip}`;
  const advice = 'Is the link full, or the remote busy? `rate_limit` in its settings leaves room for others.';
  return tripMs > SLOW_MS ? check.warning(text, advice) : check.good(text);
}

export interface PeerVersions {
  readonly own: string;
  readonly peer: string;
  /** Whether the peer says how it fares: whoever does not is older. */
  readonly tells: boolean;
}

/** Versions that talk to each other at all are fine; what the older one cannot do is not missed. */
export function judgeVersions(remote: string, { own, peer, tells }: PeerVersions): Diagnosis {
  const check = new Check('version', remote);
  if (!tells) {
    return check.warning(
      `it runs btsoot-remote ${peer}, which says nothing of its clock and its disk`,
      'Upgrade it when you come by: syncs work as they are.',
    );
  }
  return check.good(own === peer ? `it runs btsoot-remote ${peer}, as is here` : `it runs btsoot-remote ${peer}; here is ${own}`);
}

export function judgeLinkSpeed(remote: string, { up, down }: LinkSpeed): Diagnosis {
  const check = new Check('link-speed', remote);
  if (up > 0 && down > 0) return check.good(`${formatBytes(up)}/s to it, ${formatBytes(down)}/s from it`);
  const way = up > 0 ? 'from' : 'to';
  return check.warning(
    `nothing came through ${way} it in time`,
    'Is the link full or broken? Try again when nothing else uses it.',
  );
}

export interface AgentFacts {
  readonly pid: number;
  readonly version: string;
}

/** @param waiting the blocks that are to be synced without anybody asking */
export function judgeAgent(about: string, agent: AgentFacts | null, ownVersion: string, waiting: readonly string[]): Diagnosis {
  const check = new Check('agent', about);
  if (agent === null) {
    if (waiting.length === 0) return check.good('no agent runs, and no block needs one');
    return check.bad(
      `no agent runs, and nobody syncs ${waiting.join(', ')}`,
      'Run `btsoot agent`, best as a service; or take `watch` and `schedule` out of the settings.',
    );
  }
  if (agent.version !== ownVersion)
    return check.warning(`the agent runs as version ${agent.version}, and ${ownVersion} is installed`, 'Restart it.');
  return check.good(`the agent runs, process ${agent.pid}`);
}
