import type { SyncResult } from '../sync-types.js';
import type { FindingView, SideResult, VerifyResult } from '../verify-types.js';
import { formatBytes, formatDuration, plural } from './human.js';
import type { Paint } from './paint.js';
import { resultText } from './result-text.js';

const FINDINGS_SHOWN_MAX = 100;

/** How a verification ended, as lines for people. */
export function verifyText(result: VerifyResult, paint: Paint): string {
  const { kind, block, source, remote, findings, restored, synced } = result;
  const words = { good: paint.good('good'), repaired: paint.good('repaired'), damaged: paint.bad('damaged') } as const;
  const lines = [
    `${paint.bold(block)}: ${words[kind]}, verified in ${formatDuration(result.durationMs)}`,
    ...(source === null ? [] : [`  source  ${sideText(source)}`]),
    ...(remote === null ? [] : [`  remote  ${sideText(remote)}`]),
    ...findings.slice(0, FINDINGS_SHOWN_MAX).map((finding) => `  ${findingText(finding)}`),
    ...(findings.length > FINDINGS_SHOWN_MAX ? [`  and ${plural(findings.length - FINDINGS_SHOWN_MAX, 'more')}`] : []),
    ...repairLines(restored, 'restore', paint),
    ...repairLines(synced, 'sync', paint),
  ];
  const damaged = (source?.damaged ?? 0) + (remote?.damaged ?? 0);
  if (damaged > 0 && restored === null && synced === null) lines.push(`  To mend it:  btsoot verify ${block} --repair`);
  if (restored !== null)
    lines.push('  What was damaged in the source is kept in .btsoot-damaged there; delete it when you are sure.');
  return lines.join('\n');
}

function sideText({ files, bytes, damaged, damagedInHistory, changed, skipped }: SideResult): string {
  const parts = [
    `${plural(files, 'file')}, ${formatBytes(bytes)} read: ${damaged === 0 ? 'none damaged' : `${damaged} damaged`}`,
  ];
  if (damagedInHistory > 0) parts.push(`${plural(damagedInHistory, 'old version')} cannot be given back`);
  if (changed > 0) parts.push(`${plural(changed, 'file')} changed since the last scan`);
  if (skipped > 0) parts.push(`${plural(skipped, 'file')} could not be read`);
  return parts.join('; ');
}

function findingText({ side, path, kind, session }: FindingView): string {
  return session === 0 ? `${kind} on the ${side}: ${path}` : `${kind} in history: ${path}, as it was before session ${session}`;
}

function repairLines(result: SyncResult | null, of: 'sync' | 'restore', paint: Paint): string[] {
  if (result === null) return [];
  return resultText(result, of, paint)
    .split('\n')
    .map((line) => `  ${line}`);
}
