import type { Problem } from '@btsoot/shared/model/progress.js';
import type { ErrorView } from '../sync-message.js';
import type { ScanResult, SyncResult } from '../sync-types.js';
import { formatBytes, formatDuration, plural } from './human.js';
import type { Paint } from './paint.js';
import { planLines } from './plan-text.js';

/** Which command the result is of: the same shape, other words. */
export type ResultOf = 'sync' | 'restore';

/** How a sync or restore ended, as lines for people. */
export function resultText(result: SyncResult, of: ResultOf, paint: Paint): string {
  const head = `${paint.bold(result.block)}: ${headline(result, of, paint)}`;
  const specials = result.specials > 0 ? [specialsLine(result.specials)] : [];
  const unheld = result.unheldXattrs > 0 ? [unheldLine(result.unheldXattrs, of)] : [];
  const notes = result.notes.map((note) => `  ${note}`);
  const problems = problemLines(result.problems, result.problemCount);
  return [head, ...notes, ...details(result, of), ...ignoredLines(result, of), ...specials, ...unheld, ...problems].join('\n');
}

export function scanText(block: string, scan: ScanResult, paint: Paint): string {
  const read =
    scan.hashedFiles === 0 ? 'none of them read' : `${plural(scan.hashedFiles, 'file')} read (${formatBytes(scan.hashedBytes)})`;
  const known = scan.knownFiles === 0 ? '' : `, ${plural(scan.knownFiles, 'file')} known from another block`;
  const changes = `${formatChanged(scan)}`;
  const specials = scan.specials > 0 ? `\n${specialsLine(scan.specials)}` : '';
  const ignored = scan.ignored > 0 ? `\n${ignoredLine(scan.ignored)}` : '';
  const state = scan.problemCount === 0 ? paint.good('scanned') : paint.warn('scanned, but not all of it');
  const head = `${paint.bold(block)}: ${state}: ${plural(scan.entries, 'entry', 'entries')}, ${read}${known}, ${changes}`;
  return [`${head}${ignored}${specials}`, ...problemLines(scan.problems, scan.problemCount)].join('\n');
}

function ignoredLines({ ignored, plan }: SyncResult, of: ResultOf): string[] {
  const kept = of === 'sync' ? (plan?.summary.keptEntries ?? 0) : 0;
  const lines = ignored > 0 && of === 'sync' ? [ignoredLine(ignored)] : [];
  return kept > 0
    ? [...lines, `  ${plural(kept, 'ignored entry', 'ignored entries')} kept on the remote, as last mirrored`]
    : lines;
}

function ignoredLine(count: number): string {
  return `  ${plural(count, 'entry', 'entries')} ignored (.btsootignore, or the settings of the block)`;
}

function specialsLine(count: number): string {
  return `  ${plural(count, 'special file')} left out (sockets, pipes, devices)`;
}

function unheldLine(count: number, of: ResultOf): string {
  const entries = plural(count, 'entry has', 'entries have');
  const where = of === 'sync' ? "the target's disk cannot hold: a restore gives them back" : 'this disk cannot hold';
  return `  ${entries} extended attributes or ACLs that ${where}`;
}

export function errorText(block: string | null, error: ErrorView, paint: Paint): string {
  const who = block === null ? 'btsoot' : block;
  const hint = error.hint === null ? '' : `\n  ${error.hint}`;
  if (error.kind === 'cancelled') return `${paint.bold(who)}: ${paint.warn('stopped')}: ${error.message}${hint}`;
  return `${paint.bold(who)}: ${paint.bad('failed')}: ${error.message}${hint}`;
}

function headline(result: SyncResult, of: ResultOf, paint: Paint): string {
  const took = formatDuration(result.durationMs);
  switch (result.kind) {
    case 'unchanged':
      return `${paint.good('nothing to do')} (${plural(result.entries, 'entry', 'entries')}, checked in ${took})`;
    case 'done':
      return `${paint.good(of === 'sync' ? 'done' : 'restored')} in ${took}: ${traffic(result, of)}`;
    case 'partial':
      return `${paint.warn(`done, but for ${plural(result.problemCount, 'entry', 'entries')}`)}, in ${took}: ${traffic(result, of)}`;
    case 'planned':
      return 'would do this:';
    case 'refused':
      return `${paint.bad('refused')}; nothing was changed`;
    default:
      return result.kind satisfies never;
  }
}

function traffic(result: SyncResult, of: ResultOf): string {
  const crossed = `${formatBytes(result.sentBytes)} ${of === 'sync' ? 'sent' : 'fetched'}`;
  const saved = `${formatBytes(result.savedBytes)} saved`;
  const session = of === 'sync' && result.session > 0 ? `, session ${result.session}` : '';
  return `${crossed}, ${saved}, ${plural(result.steps, 'step')}, ${plural(result.entries, 'entry', 'entries')}${session}`;
}

function details(result: SyncResult, of: ResultOf): string[] {
  if (result.kind === 'planned')
    return result.plan === null ? ['  nothing'] : planLines(result.plan, of === 'sync' ? 'send' : 'fetch');
  if (result.kind !== 'refused') return [];
  const reasons = result.reasons.map((reason) => `  - ${reason}`);
  if (result.plan === null || of === 'restore') return reasons;
  return [
    ...reasons,
    ...planLines(result.plan),
    ...(result.plan.steps === null ? [`  See all of it:   btsoot sync ${result.block} --dry-run`] : []),
    ...(result.acceptable ? [`  If it is right:  btsoot sync ${result.block} --accept ${result.plan.digest}`] : []),
  ];
}

function problemLines(problems: readonly Problem[], count: number): string[] {
  const lines = problems.map((problem) => `  ${problem.kind}: ${problem.path === '' ? '.' : problem.path}: ${problem.message}`);
  const more =
    count > problems.length ? [`  and ${plural(count - problems.length, 'more such entry', 'more such entries')}`] : [];
  return [...lines, ...more, ...unknownLines(problems)];
}

/** What the word means for the copy, and what to do where the system has said no. */
function unknownLines(problems: readonly Problem[]): string[] {
  const unknown = problems.filter(({ kind }) => kind === 'unknown');
  if (unknown.length === 0) return [];
  const isDenied = unknown.some(({ message }) => /\bE(?:ACCES|PERM)\b/.test(message));
  const advice = isDenied ? ' Run this as a user who may read it (sudo), or change its permissions.' : '';
  return [`  What is unknown could not be read, and its copy stays as it is.${advice}`];
}

function formatChanged(scan: ScanResult): string {
  if (scan.changed === 0) return 'nothing changed';
  return `${plural(scan.changed, 'change')} (${plural(scan.renamed, 'rename')}, ${plural(scan.removed, 'removal')})`;
}
