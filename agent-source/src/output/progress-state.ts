import type { Phase, ProgressEvent } from '@btsoot/shared/model/progress.js';
import { formatBytes, formatCount, formatDuration, plural } from './human.js';
import type { ResultOf } from './result-text.js';

/** How far one side has come with reading its contents again, and since when that is watched. */
export interface SideState {
  readonly files: number;
  readonly filesTotal: number;
  readonly bytes: number;
  readonly bytesTotal: number;
  readonly paused: boolean;
  readonly firstBytes: number;
  readonly firstAtMs: number;
  readonly nowMs: number;
}

/** What the progress line knows. Folded from the events; the time comes from outside. */
export interface ProgressState {
  readonly phase: Phase | 'start';
  readonly path: string;
  readonly entries: number;
  /** Of its own tree, as the remote counts them while it checks it. */
  readonly remoteEntries: number;
  readonly hashedFiles: number;
  readonly hashedBytes: number;
  readonly steps: number;
  readonly stepsTotal: number;
  readonly bytes: number;
  readonly bytesTotal: number;
  readonly savedBytes: number;
  /** Bytes read or sent in a second, smoothed; 0 until there is something to measure. */
  readonly bytesPerSecond: number;
  readonly measuredAtMs: number;
  readonly measuredBytes: number;
  readonly source: SideState | null;
  readonly remote: SideState | null;
  /** Set while waiting for the next try. */
  readonly waiting: string | null;
}

export const START: ProgressState = {
  phase: 'start',
  path: '',
  entries: 0,
  remoteEntries: 0,
  hashedFiles: 0,
  hashedBytes: 0,
  steps: 0,
  stepsTotal: 0,
  bytes: 0,
  bytesTotal: 0,
  savedBytes: 0,
  bytesPerSecond: 0,
  measuredAtMs: 0,
  measuredBytes: 0,
  source: null,
  remote: null,
  waiting: null,
};

/** A rate that is shown comes from about the last five seconds. */
const smoothingMs = 5_000;
const measureEveryMs = 500;

export function advance(state: ProgressState, event: ProgressEvent, nowMs: number): ProgressState {
  switch (event.kind) {
    case 'phase':
      return {
        ...state,
        phase: event.phase,
        path: '',
        bytesPerSecond: 0,
        measuredAtMs: nowMs,
        measuredBytes: bytesAtStart(state, event.phase),
        waiting: null,
      };
    case 'scanned': {
      const { entries, hashedFiles, hashedBytes, path } = event;
      return measured({ ...state, entries, hashedFiles, hashedBytes, path }, hashedBytes, nowMs);
    }
    case 'verified': {
      const { kind: _, side, ...now } = event;
      const before = state[side] ?? { firstBytes: event.bytes, firstAtMs: nowMs };
      return { ...state, [side]: { ...now, firstBytes: before.firstBytes, firstAtMs: before.firstAtMs, nowMs } };
    }
    case 'checked':
      return { ...state, remoteEntries: event.entries };
    case 'planned':
      return { ...state, savedBytes: event.summary.savedBytes, stepsTotal: event.steps, bytesTotal: event.summary.wireBytes };
    case 'transferred': {
      const { steps, stepsTotal, bytes, bytesTotal, path } = event;
      return measured({ ...state, steps, stepsTotal, bytes, bytesTotal, path }, bytes, nowMs);
    }
    case 'retry':
      return { ...START, waiting: `${event.message}; trying again in ${formatDuration(event.delayMs)}` };
    case 'problem':
      return state;
    default:
      return event satisfies never;
  }
}

/** One line for people, without the path. */
export function progressText(state: ProgressState, of: ResultOf = 'sync'): string {
  if (state.waiting !== null) return state.waiting;
  switch (state.phase) {
    case 'start':
      return 'starting';
    case 'connect':
      return connectText(state);
    case 'scan':
      return scanText(state);
    case 'compare':
      return 'comparing with the remote';
    case 'plan':
      return 'planning';
    case 'transfer':
      return transferText(state, of);
    case 'record':
      return 'recording';
    case 'verify':
      return verifyText(state);
    default:
      return state.phase satisfies never;
  }
}

function verifyText({ source, remote }: ProgressState): string {
  const sides = [source === null ? '' : sideText('source', source), remote === null ? '' : sideText('remote', remote)];
  return ['verifying', ...sides.filter((text) => text !== '')].join('  ');
}

function sideText(name: string, side: SideState): string {
  const parts = [`${name} ${formatBytes(side.bytes)} of ${formatBytes(side.bytesTotal)}`];
  const rate = ((side.bytes - side.firstBytes) * 1000) / Math.max(1, side.nowMs - side.firstAtMs);
  if (side.paused) parts.push('waiting');
  else if (rate > 0) {
    const leftMs = ((side.bytesTotal - side.bytes) / rate) * 1000;
    parts.push(`${formatBytes(Math.round(rate))}/s`);
    if (leftMs > 0) parts.push(`${formatDuration(Math.ceil(leftMs / 1000) * 1000)} left`);
  }
  return parts.join(', ');
}

/** The phase comes twice: before the scan, and after it where the remote still checks its own tree. */
function connectText(state: ProgressState): string {
  if (state.remoteEntries === 0) return 'waiting for the remote';
  return `waiting for the remote's check  ${plural(state.remoteEntries, 'entry', 'entries')}`;
}

function scanText(state: ProgressState): string {
  if (state.entries === 0) return 'scanning';
  const parts = [`scanning  ${plural(state.entries, 'entry', 'entries')}`];
  if (state.hashedFiles > 0) parts.push(`${plural(state.hashedFiles, 'file')} read, ${formatBytes(state.hashedBytes)}`);
  if (state.bytesPerSecond > 0) parts.push(`${formatBytes(state.bytesPerSecond)}/s`);
  return parts.join('  ');
}

function transferText(state: ProgressState, of: ResultOf): string {
  const parts = [
    `${of === 'sync' ? 'syncing' : 'restoring'}  ${formatCount(state.steps)} of ${plural(state.stepsTotal, 'step')}`,
    `${formatBytes(state.bytes)} of ${formatBytes(state.bytesTotal)} ${of === 'sync' ? 'sent' : 'fetched'}`,
  ];
  if (state.savedBytes > 0) parts.push(`${formatBytes(state.savedBytes)} saved`);
  if (state.bytesPerSecond > 0) {
    parts.push(`${formatBytes(state.bytesPerSecond)}/s`);
    const leftMs = ((state.bytesTotal - state.bytes) / state.bytesPerSecond) * 1000;
    if (leftMs > 0) parts.push(`${formatDuration(Math.ceil(leftMs / 1000) * 1000)} left`);
  }
  return parts.join('  ');
}

function bytesAtStart(state: ProgressState, phase: Phase): number {
  return phase === 'scan' ? state.hashedBytes : phase === 'transfer' ? state.bytes : 0;
}

function measured(state: ProgressState, bytes: number, nowMs: number): ProgressState {
  const elapsedMs = nowMs - state.measuredAtMs;
  if (elapsedMs < measureEveryMs) return state;
  const current = (Math.max(0, bytes - state.measuredBytes) * 1000) / elapsedMs;
  const weight = state.bytesPerSecond === 0 ? 1 : 1 - Math.exp(-elapsedMs / smoothingMs);
  const bytesPerSecond = state.bytesPerSecond + (current - state.bytesPerSecond) * weight;
  return { ...state, bytesPerSecond, measuredAtMs: nowMs, measuredBytes: bytes };
}
