/**
 * What went wrong, in the kinds that callers tell apart:
 *
 * - `invalid`: input that cannot be right, whoever sent it; a retry changes nothing
 * - `not-found`: a block, source, session or entry that does not exist
 * - `exists`: it is there already
 * - `denied`: not paired, revoked, or outside the granted folders
 * - `busy`: another session holds the block; a retry may help
 * - `refused`: the guard, or a precondition of the whole block, says no
 * - `drift`: the disk does not say what the manifest says
 * - `unstable`: a file changed while it was being read
 * - `corrupt`: bytes do not match their hash, or a database is damaged
 * - `no-space`: the disk is full
 * - `io`: the operating system refused, see `cause`
 * - `unreachable`: no connection, or it was cut; a retry may help
 * - `version`: the peer speaks another major version of the protocol
 * - `cancelled`: somebody asked to stop
 * - `internal`: a bug
 */
export type ErrorKind =
  | 'invalid'
  | 'not-found'
  | 'exists'
  | 'denied'
  | 'busy'
  | 'refused'
  | 'drift'
  | 'unstable'
  | 'corrupt'
  | 'no-space'
  | 'io'
  | 'unreachable'
  | 'version'
  | 'cancelled'
  | 'internal';

export interface ErrorDetails {
  /** What the person can do next, as a sentence. */
  readonly hint?: string;
  readonly cause?: unknown;
}

/** The one error class that crosses rooms. The message says what happened, where and to which path. */
export class BtsootError extends Error {
  readonly kind: ErrorKind;
  readonly hint: string | undefined;

  constructor(kind: ErrorKind, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = 'BtsootError';
    this.kind = kind;
    this.hint = details.hint;
  }

  /** Whether the same call may succeed later without anyone doing anything. */
  get retryable(): boolean {
    return this.kind === 'busy' || this.kind === 'unreachable';
  }
}

/** errno to kind: the one map of the project. Each line names the scenario that it serves. */
export function kindOfErrno(code: string | undefined): ErrorKind {
  switch (code) {
    case 'ENOSPC': // the disk is full
    case 'EDQUOT': // the user's quota is used up
      return 'no-space';
    case 'ENOENT': // vanished between listing and opening
    case 'ENOTDIR': // a parent became a file meanwhile
    case 'ELOOP': // a parent became a symlink meanwhile
      return 'drift';
    case 'EEXIST': // a stranger put something there
    case 'ENOTEMPTY':
      return 'drift';
    default: // EACCES, EPERM, EIO, EROFS, EMFILE and the rest
      return 'io';
  }
}

export function errnoOf(error: unknown): string | undefined {
  if (error instanceof Error && 'code' in error && typeof error.code === 'string') return error.code;
  return undefined;
}

/** Whether the operating system refused something. Node's own complaints, as ERR_INVALID_ARG_TYPE, are bugs of ours. */
export function isSystemError(error: unknown): boolean {
  return /^E[A-Z0-9]+$/.test(errnoOf(error) ?? '');
}

function hintOfErrno(code: string | undefined): ErrorDetails {
  switch (code) {
    case 'EROFS':
      return {
        hint: 'The disk is mounted read-only, as Linux does after an error: look into the kernel log (dmesg), and check it.',
      };
    case 'EIO':
      return { hint: 'The disk may be failing: look into the kernel log (dmesg).' };
    default:
      return {};
  }
}

/** Wraps an operating system error with what was being done; a BtsootError passes through as it is. */
export function fromSystemError(error: unknown, doing: string): BtsootError {
  if (error instanceof BtsootError) return error;
  const code = errnoOf(error);
  const reason = error instanceof Error ? error.message : String(error);
  return new BtsootError(kindOfErrno(code), `${doing}: ${reason}`, { ...hintOfErrno(code), cause: error });
}
