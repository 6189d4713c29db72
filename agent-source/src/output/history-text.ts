import { display, type TreePath } from '@btsoot/shared/model/bytes.js';
import type { SessionSummary, VersionSummary } from '@btsoot/shared/wire/convert.js';
import type { BlockHistory, PathVersions } from '../history.js';
import { formatBytes, formatMoment, formatTime, plural } from './human.js';
import type { Paint } from './paint.js';
import { table } from './table.js';

const hashDigitsShown = 12;

/** A block's sessions, or one path's versions, as lines for people, newest first. */
export function historyText(block: string, { sessions, path }: BlockHistory, nowUs: number, paint: Paint): string {
  const lines = path === null ? sessionLines(block, sessions, nowUs, paint) : versionLines(block, path, paint);
  return lines.join('\n');
}

function sessionLines(block: string, sessions: readonly SessionSummary[], nowUs: number, paint: Paint): string[] {
  const [newest, before] = sessions;
  if (newest === undefined) return [`${paint.bold(block)}: no session is kept: it was never synced, or nothing has changed yet`];
  const keptBytes = sessions.reduce((sum, session) => sum + session.keptBytes, 0);
  const keptVersions = sessions.reduce((sum, session) => sum + session.keptVersions, 0);
  const kept = keptVersions === 0 ? 'no old versions' : `${plural(keptVersions, 'old version')}, about ${formatBytes(keptBytes)}`;
  const rows = sessions.map((session) => [
    `  ${session.number}`,
    session.finishedUs === 0 ? 'not ended' : formatMoment(session.finishedUs, nowUs),
    session.sourceName,
    `${tallyText(session)}${session.cutOff ? `; ${paint.warn('cut off')}` : ''}`,
  ]);
  const back = before === undefined ? [] : [`  Go back with: btsoot restore ${block} --at ${before.number} --dry-run`];
  return [`${paint.bold(block)}: ${plural(sessions.length, 'session')} kept; ${kept}`, ...table(rows), ...back];
}

function tallyText({ tally, steps }: SessionSummary): string {
  const counts: [number, string][] = [
    [tally.added, 'added'],
    [tally.replaced, 'changed'],
    [tally.moved, 'moved'],
    [tally.removed, 'removed'],
    [tally.described, 'with other mode, owner or time'],
  ];
  const parts = counts.filter(([count]) => count > 0).map(([count, what]) => `${count} ${what}`);
  const brought = tally.newBytes > 0 ? ` (${formatBytes(tally.newBytes)})` : '';
  return parts.length === 0 ? plural(steps, 'step') : `${parts.join(', ')}${brought}`;
}

function versionLines(block: string, { path, versions, cut }: PathVersions, paint: Paint): string[] {
  const head = `${paint.bold(block)}: ${display(path)}`;
  if (versions.length === 0) return [`${head}: no session that is kept has it`];
  const rows = versions.map((version) => [
    `  ${rangeText(version)}`,
    sizeText(version),
    formatTime(version.node.meta.mtimeUs),
    contentText(version),
    version.path === path ? '' : `as ${display(version.path)}`,
  ]);
  const past = versions.find(({ current }) => !current);
  const more = cut ? ['  and older ones'] : [];
  const back = past === undefined ? [] : [`  Get one back with: ${shellText(restoreArguments(block, past))}`];
  return [`${head}: ${plural(versions.length, 'version')}`, ...table(rows), ...more, ...back];
}

function rangeText({ fromSession, toSession, current }: VersionSummary): string {
  if (current) return `since session ${fromSession}`;
  return fromSession === toSession ? `session ${fromSession}` : `sessions ${fromSession} to ${toSession}`;
}

function sizeText({ node }: VersionSummary): string {
  switch (node.kind) {
    case 'file':
      return node.content === null ? 'unknown' : formatBytes(node.content.sizeBytes);
    case 'directory':
      return 'folder';
    case 'symlink':
      return 'symlink';
    case 'special':
      return 'special file';
    default:
      return node satisfies never;
  }
}

function contentText({ node }: VersionSummary): string {
  if (node.kind === 'symlink') return `-> ${display(node.target)}`;
  if (node.kind === 'file' && node.content !== null) return node.content.hash.slice(0, hashDigitsShown);
  return '';
}

/** What brings a version back. The newest state needs no moment. */
function restoreArguments(block: string, { path, toSession, current }: VersionSummary): string[] {
  const at = current ? [] : ['--at', String(toSession)];
  return ['btsoot', 'restore', block, display(path), ...at];
}

function shellText(words: readonly string[]): string {
  return words.map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`)).join(' ');
}

/** For programs. Paths are for display; times are microseconds since the epoch. */
export function historyJson(block: string, { sessions, path }: BlockHistory): object {
  if (path === null) return { sessions };
  return { versions: path.versions.map((version) => versionJson(block, version, path.path)), cut: path.cut };
}

function versionJson(block: string, version: VersionSummary, asked: TreePath): object {
  const { node, fromSession, toSession, current, path } = version;
  const content = node.kind === 'file' ? node.content : null;
  return {
    fromSession,
    toSession,
    current,
    path: display(path),
    elsewhere: path !== asked,
    entry: node.id,
    kind: node.kind,
    ...node.meta,
    ...(node.kind === 'file' ? { sizeBytes: content?.sizeBytes ?? null, content: content?.hash ?? null } : {}),
    ...(node.kind === 'symlink' ? { target: display(node.target) } : {}),
    restore: restoreArguments(block, version),
  };
}
