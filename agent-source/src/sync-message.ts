import { adviceFor, BtsootError, type ErrorKind, errnoOf, fromSystemError } from '@btsoot/shared/model/errors.js';
import type { ProgressEvent } from '@btsoot/shared/model/progress.js';
import { type ExitStatus, exitStatusOfError, exitStatusOfResult } from './exit-status.js';
import type { SyncResult } from './sync-types.js';

/** An error as it travels in JSON. */
export interface ErrorView {
  readonly kind: ErrorKind;
  readonly message: string;
  readonly hint: string | null;
}

export type SyncEnd =
  | { readonly block: string; readonly kind: 'result'; readonly result: SyncResult }
  | { readonly block: string; readonly kind: 'error'; readonly error: ErrorView };

/** One line of `btsoot sync --json`, and one event of a sync that the running agent does: progress, then one end. */
export type SyncMessage = (ProgressEvent & { readonly block: string }) | SyncEnd;

export function isEnd(message: SyncMessage): message is SyncEnd {
  return message.kind === 'result' || message.kind === 'error';
}

export function exitStatusOfEnd(end: SyncEnd): ExitStatus {
  return end.kind === 'result' ? exitStatusOfResult(end.result.kind) : exitStatusOfError(end.error.kind);
}

/** Anything thrown, as what the person gets to see. */
export function errorView(error: unknown): ErrorView {
  if (error instanceof BtsootError || errnoOf(error) !== undefined) {
    const known = fromSystemError(error, 'the operating system refused');
    return { kind: known.kind, message: known.message, hint: known.hint ?? adviceFor(known.kind) };
  }
  const message = `something that should not happen: ${error instanceof Error ? error.message : String(error)}`;
  return { kind: 'internal', message, hint: 'This is a bug. The log has more: `btsoot status` says where it is.' };
}

/** @throws BtsootError of kind `version` for what is no such message. */
export function readSyncMessage(json: string): SyncMessage {
  const message = parsed(json);
  if (typeof message === 'object' && message !== null && 'kind' in message && 'block' in message) return message as SyncMessage;
  throw new BtsootError('version', 'the running agent said something that this command does not understand', {
    hint: 'Is it of another version? Restart it.',
  });
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}
