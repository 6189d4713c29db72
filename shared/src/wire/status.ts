import { Metadata, type StatusObject, status } from '@grpc/grpc-js';
import { BtsootError, type ErrorDetails, type ErrorKind, fromSystemError, isSystemError } from '../model/errors.js';
import { limits } from '../model/limits.js';
import { failureReason } from './failure-reason.js';
import { plainText } from './fields.js';

/**
 * The one map between our error kinds and gRPC's status codes. The kind itself and the hint travel beside the code, as
 * trailing metadata: codes alone are too few, and are what other programs read.
 */

const KIND_KEY = 'btsoot-kind';
const HINT_KEY = 'btsoot-hint-bin';

const CODES = {
  invalid: status.INVALID_ARGUMENT,
  'not-found': status.NOT_FOUND,
  exists: status.ALREADY_EXISTS,
  denied: status.PERMISSION_DENIED,
  busy: status.ABORTED,
  refused: status.FAILED_PRECONDITION,
  drift: status.FAILED_PRECONDITION,
  unstable: status.ABORTED,
  corrupt: status.DATA_LOSS,
  'no-space': status.RESOURCE_EXHAUSTED,
  io: status.UNKNOWN,
  unreachable: status.UNAVAILABLE,
  version: status.UNIMPLEMENTED,
  cancelled: status.CANCELLED,
  internal: status.INTERNAL,
} as const satisfies Record<ErrorKind, status>;

/** What a call ends with where its handler threw: only a BtsootError says why, and the operating system. */
export function statusOf(thrown: unknown): StatusObject {
  const error = isSystemError(thrown) ? fromSystemError(thrown, 'on the disk there') : thrown;
  const metadata = new Metadata();
  if (!(error instanceof BtsootError) || error.kind === 'internal') {
    metadata.set(KIND_KEY, 'internal');
    return { code: status.INTERNAL, details: 'internal error', metadata };
  }
  metadata.set(KIND_KEY, error.kind);
  if (error.hint !== undefined) metadata.set(HINT_KEY, Buffer.from(plainText(error.hint, limits.errorTextLengthMax)));
  return { code: CODES[error.kind], details: plainText(error.message, limits.errorTextLengthMax), metadata };
}

/** What a failed call means to its caller. `where` names the other side, for the message. */
export function errorOf(failure: unknown, where: string): BtsootError {
  if (failure instanceof BtsootError) return failure;
  if (!isStatus(failure)) {
    const reason = failure instanceof Error ? failure.message : String(failure);
    return new BtsootError('internal', `the call to ${where} failed: ${reason}`, { cause: failure });
  }
  const details = plainText(failure.details, limits.errorTextLengthMax);
  const kind = failure.metadata.get(KIND_KEY)[0];
  if (typeof kind === 'string' && isKind(kind)) return new BtsootError(kind, details, hintOf(failure.metadata));
  return transportError(failure.code, details, where, failure);
}

/** A status that no handler of ours made: gRPC itself, the connection, or a stranger. */
function transportError(code: status, details: string, where: string, cause: unknown): BtsootError {
  switch (code) {
    case status.UNAVAILABLE: // nobody there, or the connection was cut
      if (/certificate|self.signed|alert|altname/i.test(details)) {
        const hint = 'Pair this source with the remote again.';
        return new BtsootError('denied', `${where} and this source do not trust each other: ${failureReason(details)}`, {
          cause,
          hint,
        });
      }
      return new BtsootError('unreachable', `no connection to ${where}: ${failureReason(details)}`, {
        hint: 'Is that machine on, does `btsoot-remote serve` run there, and is the address right?',
        cause,
      });
    case status.DEADLINE_EXCEEDED: // it took too long, or hangs
    case status.CANCELLED: // not by us, who would know: the other side is shutting down
      return new BtsootError('unreachable', `the call to ${where} was cut: ${details}`, {
        hint: 'Run it again: it goes on from there.',
        cause,
      });
    case status.RESOURCE_EXHAUSTED: // a message over the size limit
    case status.INVALID_ARGUMENT:
      return new BtsootError('invalid', `a message between ${where} and this side is refused: ${details}`, {
        hint: 'Are both sides of the same version of BTSOOT? Update the older one.',
        cause,
      });
    case status.UNIMPLEMENTED: // a method that the other side does not have
      return new BtsootError('version', `${where} does not know what is asked of it: ${details}`, {
        hint: 'Update BTSOOT on that machine.',
        cause,
      });
    case status.PERMISSION_DENIED:
    case status.UNAUTHENTICATED:
      return new BtsootError('denied', `${where} says no: ${details}`, {
        hint: 'Pair this source with the remote again.',
        cause,
      });
    default: // a broken stream, or bytes that are no message
      return new BtsootError('internal', `the call to ${where} failed: ${details}`, { cause });
  }
}

function hintOf(metadata: Metadata): ErrorDetails {
  const hint = metadata.get(HINT_KEY)[0];
  return hint instanceof Buffer ? { hint: plainText(hint.toString(), limits.errorTextLengthMax) } : {};
}

function isKind(text: string): text is ErrorKind {
  return Object.hasOwn(CODES, text);
}

function isStatus(failure: unknown): failure is StatusObject {
  return failure instanceof Error && 'code' in failure && typeof failure.code === 'number' && 'metadata' in failure;
}
