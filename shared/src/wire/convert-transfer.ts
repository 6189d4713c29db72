import { limits } from '../model/limits.js';
import type { OwnerNames } from '../model/owners.js';
import type { Outcome } from '../model/step.js';
import { type Packed, packedBytes, stepBatchFromWire, stepBatchToWire } from './convert-batch.js';
import { ownerNamesFromWire, ownerNamesToWire } from './convert-owners.js';
import type { ArrivedStep, StepWithData } from './convert-step.js';
import { atMost, frame, hex16, integer, invalid, plainText, required, timeUs } from './fields.js';
import type {
  ApplyReply,
  ApplyReply__Output,
  ApplyRequest,
  ApplyRequest__Output,
  Committed__Output,
  WireHistorySize__Output,
  WirePatch__Output,
  WireStepFailure,
  WireStepFailure__Output,
} from './messages.js';

type Order<StepIn> =
  /** `owners`: those that entries get by name; left out where they get them by number. */
  | { readonly kind: 'begin'; readonly session: string; readonly owners?: OwnerNames }
  /** `packed` has the contents of those puts of the batch that are packed. */
  | { readonly kind: 'steps'; readonly steps: readonly StepIn[]; readonly packed: Packed | null }
  /** Of the layout of the put that ended the last batch, before its first bytes, 1 byte to `limits.frameSizeMaxBytes`. */
  | { readonly kind: 'layout'; readonly bytes: Buffer }
  /** Of the put that ended the last batch, 1 byte to `limits.frameSizeMaxBytes`. */
  | { readonly kind: 'data'; readonly bytes: Buffer }
  | PatchOrder
  | { readonly kind: 'withdraw'; readonly message: string }
  | { readonly kind: 'finish' };

/**
 * The next part of the put that ended the last batch. `ops` is 1 byte to `limits.frameSizeMaxBytes`. `literals` are the
 * bytes of its literals, up to a frame of them, and `literalsSizeBytes` is 0; or they are Brotli, and it is what they
 * unpack to.
 */
export interface PatchOrder {
  readonly kind: 'patch';
  readonly ops: Buffer;
  readonly literals: Buffer;
  readonly literalsSizeBytes: number;
}

/**
 * What goes into `apply`. First `begin`, once; last `finish`, once. Where a batch has `packed`, the inline bytes of all its
 * puts are in there, and go in no other way.
 */
export type ApplyOrder = Order<StepWithData>;

/** What comes out of the wire: `unpackSteps` makes whole steps of a batch. */
export type ArrivedOrder = Order<ArrivedStep>;

export function applyOrderToWire(order: ApplyOrder): ApplyRequest {
  switch (order.kind) {
    case 'begin': {
      const session = Buffer.from(order.session, 'hex');
      return { begin: order.owners === undefined ? { session } : { session, owners: ownerNamesToWire(order.owners) } };
    }
    case 'steps':
      return { steps: stepBatchToWire(order.steps, order.packed) };
    case 'layout':
      return { layout: order.bytes };
    case 'data':
      return { data: order.bytes };
    case 'patch':
      return { patch: { ops: order.ops, literals: order.literals, literalsSize: order.literalsSizeBytes } };
    case 'withdraw':
      return { withdraw: { message: plainText(order.message, limits.failureTextLengthMax) } };
    case 'finish':
      return { finish: {} };
    default:
      return order satisfies never;
  }
}

export function applyOrderFromWire(wire: ApplyRequest__Output): ArrivedOrder {
  switch (wire.request) {
    case 'begin': {
      const begin = required(wire.begin, 'a beginning');
      const session = hex16(begin.session, 'a session');
      return begin.owners === null
        ? { kind: 'begin', session }
        : { kind: 'begin', session, owners: ownerNamesFromWire(begin.owners) };
    }
    case 'steps':
      return { kind: 'steps', ...stepBatchFromWire(required(wire.steps, 'a batch')) };
    case 'layout':
      return { kind: 'layout', bytes: frame(wire.layout, 'a layout') };
    case 'data':
      return { kind: 'data', bytes: frame(wire.data, 'a frame of data') };
    case 'patch':
      return patchFromWire(required(wire.patch, 'a patch'));
    case 'withdraw': {
      const { message } = required(wire.withdraw, 'a withdrawal');
      return { kind: 'withdraw', message: plainText(message, limits.failureTextLengthMax) };
    }
    case 'finish':
      return { kind: 'finish' };
    default:
      throw invalid('a request to apply says nothing');
  }
}

function patchFromWire(wire: WirePatch__Output): PatchOrder {
  const ops = frame(wire.ops, "a patch's ops");
  const { literals, literalsSize } = wire;
  if (literalsSize > 0) {
    const { bytes, sizeBytes } = packedBytes(literals, literalsSize, "a patch's literals");
    return { kind: 'patch', ops, literals: bytes, literalsSizeBytes: sizeBytes };
  }
  if (literals.length > limits.frameSizeMaxBytes)
    throw invalid(`a patch has ${literals.length} bytes of literals, over the limit`);
  return { kind: 'patch', ops, literals, literalsSizeBytes: 0 };
}

/** A step, by its number in the session, and how it went. */
export interface StepOutcome {
  readonly step: number;
  readonly outcome: Outcome;
}

/** What comes out of `apply`. */
export type ApplyNews =
  /** Every step below `steps` is durable on the remote, or is named in a failure. */
  | { readonly kind: 'committed'; readonly steps: number; readonly failures: readonly StepOutcome[] }
  | {
      readonly kind: 'finished';
      readonly stateDigest: string;
      readonly sessionNumber: number;
      readonly unheldXattrs: number;
      /** Null where the remote does not tell: early ones did not. */
      readonly history: HistorySummary | null;
    };

/** How much of the past a block has. */
export interface HistorySummary {
  /** Whose state can be restored. */
  readonly sessions: number;
  /** When the oldest of them ended, as the remote's clock told; 0 where there is none. */
  readonly oldestUs: number;
  readonly versions: number;
  /** About. */
  readonly bytes: number;
}

/** Outcomes of kind `done` are left out: only failures travel, at most `limits.groupStepsMax` at a time. */
export function applyNewsToWire(news: ApplyNews): ApplyReply {
  if (news.kind === 'finished') {
    const { stateDigest, sessionNumber, unheldXattrs, history } = news;
    return { finished: { stateDigest: Buffer.from(stateDigest, 'hex'), sessionNumber, unheldXattrs, history } };
  }
  return { committed: { steps: news.steps, failures: news.failures.flatMap(failureToWire) } };
}

export function applyNewsFromWire(wire: ApplyReply__Output): ApplyNews {
  switch (wire.reply) {
    case 'committed':
      return readCommitted(required(wire.committed, 'an acknowledgement'));
    case 'finished': {
      const finished = required(wire.finished, 'an end');
      return {
        kind: 'finished',
        stateDigest: hex16(finished.stateDigest, 'a state digest'),
        sessionNumber: integer(finished.sessionNumber, 'a session number'),
        unheldXattrs: integer(finished.unheldXattrs, 'a number of entries'),
        history: finished.history === null ? null : historyFromWire(finished.history),
      };
    }
    default:
      throw invalid('a reply to apply says nothing');
  }
}

function historyFromWire(wire: WireHistorySize__Output): HistorySummary {
  return {
    sessions: integer(wire.sessions, 'a number of sessions'),
    oldestUs: timeUs(wire.oldestUs, "a session's end"),
    versions: integer(wire.versions, 'a number of versions'),
    bytes: integer(wire.bytes, 'a number of bytes'),
  };
}

function readCommitted(wire: Committed__Output): ApplyNews {
  const steps = integer(wire.steps, 'a number of steps');
  const failures = atMost(wire.failures, limits.groupStepsMax, 'failures in a message').map(failureFromWire);
  return { kind: 'committed', steps, failures };
}

function failureToWire({ step, outcome }: StepOutcome): WireStepFailure[] {
  if (outcome.kind === 'done') return [];
  const message = plainText(outcome.message, limits.failureTextLengthMax);
  switch (outcome.kind) {
    case 'drift':
      return [{ step, reason: 'DRIFT', message }];
    case 'mismatch':
      return [{ step, reason: 'MISMATCH', message }];
    case 'withdrawn':
      return [{ step, reason: 'WITHDRAWN', message }];
    case 'failed':
      return [{ step, reason: outcome.noSpace ? 'NO_SPACE' : 'FAILED', message }];
    default:
      return outcome satisfies never;
  }
}

function failureFromWire(wire: WireStepFailure__Output): StepOutcome {
  const step = integer(wire.step, "a step's number");
  const message = plainText(wire.message, limits.failureTextLengthMax);
  switch (wire.reason) {
    case 'DRIFT':
      return { step, outcome: { kind: 'drift', message } };
    case 'MISMATCH':
      return { step, outcome: { kind: 'mismatch', message } };
    case 'WITHDRAWN':
      return { step, outcome: { kind: 'withdrawn', message } };
    case 'FAILED':
      return { step, outcome: { kind: 'failed', message, noSpace: false } };
    case 'NO_SPACE':
      return { step, outcome: { kind: 'failed', message, noSpace: true } };
    default:
      throw invalid(`a step's failure has the reason ${String(wire.reason)}`);
  }
}
