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

/**
 * What a person can do about an error of a kind, where whoever threw it did not know better: every error that is shown says
 * something. Null where the person has asked for it.
 */
export function adviceFor(kind: ErrorKind): string | null {
  switch (kind) {
    case 'invalid':
    case 'exists':
    case 'not-found':
    case 'refused':
      return 'See `--help` of the command, and `btsoot doctor`, which looks at the whole setup.';
    case 'denied':
      return '`btsoot-remote sources` on the remote says who may reach what; else pair again.';
    case 'busy':
      return 'Wait for it to end, then run this again.';
    case 'drift':
    case 'unstable':
      return 'Something was changed meanwhile: run it again.';
    case 'corrupt':
      return '`btsoot doctor --thorough`, and `btsoot-remote doctor --thorough` on the remote, say what is damaged.';
    case 'no-space':
      return 'Free some space on that disk, then run it again.';
    case 'io':
      return 'The kernel log (dmesg) may tell more; so may `btsoot doctor`.';
    case 'unreachable':
      return '`btsoot doctor` says whether the remote can be reached. What was begun goes on from there when it is run again.';
    case 'version':
      return 'Bring both sides to the same version of BTSOOT.';
    case 'internal':
      return 'This is a bug: please report it, with what the log says. `btsoot status` says where that is.';
    case 'cancelled':
      return null;
    default:
      return kind satisfies never;
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

/** A peer has sent what cannot be: another version of BTSOOT, or a bug. Of kind `invalid`. */
export function peerFault(message: string, cause?: unknown): BtsootError {
  return new BtsootError('invalid', message, {
    hint: 'Are both sides of the same version of BTSOOT? Update the older one. If they are, this is a bug: please report it.',
    cause,
  });
}

/** A peer has ended, or was cut off, in the middle. Of kind `unreachable`. */
export function cutOff(message: string): BtsootError {
  return new BtsootError('unreachable', message, {
    hint: 'Run it again: it goes on from there. If it stays so, the log of `btsoot-remote serve` may say why.',
  });
}

/** Something in a manifest that was opened cannot be. Of kind `corrupt`. */
export function manifestFault(message: string, cause?: unknown): BtsootError {
  return new BtsootError('corrupt', message, {
    hint: '`btsoot doctor --thorough`, and `btsoot-remote doctor --thorough` on the remote, say which manifest it is and how to make it anew.',
    cause,
  });
}

function hintOfErrno(code: string | undefined): ErrorDetails {
  switch (code) {
    case undefined:
      return {};
    case 'EACCES':
    case 'EPERM':
      return { hint: 'This user may not: run it as one who may, or change the permissions.' };
    case 'ENOSPC':
    case 'EDQUOT':
      return { hint: 'Free some space on that disk, then run it again.' };
    case 'EMFILE':
    case 'ENFILE':
      return { hint: 'Too many files are open: raise the limit (`ulimit -n`, or LimitNOFILE of the service).' };
    case 'ENOENT':
    case 'ENOTDIR':
      return { hint: 'Is it there, and is its disk mounted?' };
    case 'ESTALE':
    case 'ENOTCONN':
      return { hint: 'The share or disk has gone from under its mount point: mount it again.' };
    case 'EADDRINUSE':
    case 'EADDRNOTAVAIL':
      return { hint: 'Choose another address or port, or stop what has it.' };
    case 'EROFS':
      return {
        hint: 'The disk is mounted read-only, as Linux does after an error: look into the kernel log (dmesg), and check it.',
      };
    case 'EIO':
      return { hint: 'The disk may be failing: look into the kernel log (dmesg).' };
    default:
      return { hint: 'The kernel log (dmesg) may tell more.' };
  }
}

/** Wraps an operating system error with what was being done; a BtsootError passes through as it is. */
export function fromSystemError(error: unknown, doing: string): BtsootError {
  if (error instanceof BtsootError) return error;
  const code = errnoOf(error);
  const reason = error instanceof Error ? error.message : String(error);
  return new BtsootError(kindOfErrno(code), `${doing}: ${reason}`, { ...hintOfErrno(code), cause: error });
}
