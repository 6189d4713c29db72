import { limits } from '@btsoot/shared/model/limits.js';
import { Acceptance } from './acceptance.js';
import { syncBlock } from './cycle.js';
import { restoreBlock } from './restore.js';
import type { Block, Context, SyncResult } from './sync-types.js';
import { askRemote, knownOfRemote } from './verify-remote.js';
import { knownOfSource, verifySource } from './verify-source.js';
import type { FindingView, SideResult, VerifyOptions, VerifyResult } from './verify-types.js';

/** What one side's verification found. */
export interface Verified {
  readonly result: SideResult;
  readonly findings: readonly FindingView[];
}

/**
 * Reads a block's contents again, on both sides at a time, and says what is damaged; with `repair`, gives the source back
 * what is good on the remote, and the remote what is good on the source: by a restore and a sync, as any other.
 * @throws BtsootError as `syncBlock`, where a side cannot be verified
 */
export async function verifyBlock(context: Context, block: Block, options: VerifyOptions): Promise<VerifyResult> {
  const startedMs = performance.now();
  options.report({ kind: 'phase', phase: 'verify' });
  const [source, remote] = await bothSides(context, block, options);
  const found = { source: source?.result ?? null, remote: remote?.result ?? null };
  const findings = [...(source?.findings ?? []), ...(remote?.findings ?? [])];
  const left = options.repair ? await repair(context, block, options, found) : { ...found, restored: null, synced: null };
  const durationMs = Math.round(performance.now() - startedMs);
  const wasGood = isGood(found.source) && isGood(found.remote);
  const kind = wasGood ? 'good' : isGood(left.source) && isGood(left.remote) ? 'repaired' : 'damaged';
  return { kind, block: block.name, ...left, findings, durationMs };
}

/** Where one fails, the other is broken off: it goes on from there next time. */
async function bothSides(context: Context, block: Block, options: VerifyOptions): Promise<[Verified | null, Verified | null]> {
  const giveUp = new AbortController();
  const joint = { ...options, signal: AbortSignal.any([options.signal, giveUp.signal]) };
  let first: { readonly error: unknown } | null = null;
  const failing = (error: unknown): null => {
    first ??= { error };
    giveUp.abort(error);
    return null;
  };
  const wants = (side: 'source' | 'remote') => options.sides.includes(side);
  const both = await Promise.all([
    wants('source') ? verifySource(context, block, joint).catch(failing) : null,
    wants('remote') ? askRemote(context, block, joint).catch(failing) : null,
  ]);
  const failed = first as { readonly error: unknown } | null;
  if (failed !== null) throw failed.error;
  return both;
}

function isGood(side: SideResult | null): boolean {
  return side === null || side.damaged + side.damagedInHistory + side.skipped === 0;
}

type Found = Pick<VerifyResult, 'source' | 'remote'>;

async function repair(
  context: Context,
  block: Block,
  options: VerifyOptions,
  { source, remote }: Found,
): Promise<Found & Pick<VerifyResult, 'restored' | 'synced'>> {
  let restored: SyncResult | null = null;
  let synced: SyncResult | null = null;
  if (source !== null && source.damaged > 0) {
    const { signal, report } = options;
    const whole = { paths: [], to: null, at: null, dryRun: false, force: false, delete: false, expectedPlan: null };
    restored = await restoreBlock(context, block, {
      ...whole,
      damagedOnly: true,
      retries: limits.syncRetriesDefault,
      signal,
      report,
    });
  }
  if (remote !== null && remote.damaged > 0) {
    const { signal, report } = options;
    synced = await syncBlock(context, block, {
      dryRun: false,
      acceptance: new Acceptance(null),
      drift: null,
      watch: null,
      looksAt: 'everything',
      signal,
      report,
    });
  }
  return {
    source: restored === null || source === null ? source : { ...source, damaged: knownOfSource(context, block) },
    remote: synced === null || remote === null ? remote : { ...remote, ...(await knownOfRemote(context, block, options)) },
    restored,
    synced,
  };
}
