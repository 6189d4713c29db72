import type { Content } from '../model/entry.js';
import { limits } from '../model/limits.js';
import type { Outcome } from '../model/step.js';
import { contentFromWire, contentToWire } from './convert-entry.js';
import { type StepWithData, stepBatchFromWire, stepBatchToWire } from './convert-step.js';
import { atMost, hex16, integer, invalid, plainText, required } from './fields.js';
import type {
  ApplyReply,
  ApplyReply__Output,
  ApplyRequest,
  ApplyRequest__Output,
  Committed__Output,
  ReadReply,
  ReadReply__Output,
  ReadRequest,
  ReadRequest__Output,
  WireStepFailure,
  WireStepFailure__Output,
} from './messages.js';

/** What goes into `apply`. First `begin`, once; last `finish`, once. */
export type ApplyOrder =
  | { readonly kind: 'begin'; readonly session: string }
  | { readonly kind: 'steps'; readonly steps: readonly StepWithData[] }
  /** Of the put that ended the last batch, 1 byte to `limits.frameSizeMaxBytes`. */
  | { readonly kind: 'data'; readonly bytes: Buffer }
  | { readonly kind: 'withdraw'; readonly message: string }
  | { readonly kind: 'finish' };

export function applyOrderToWire(order: ApplyOrder): ApplyRequest {
  switch (order.kind) {
    case 'begin':
      return { begin: { session: Buffer.from(order.session, 'hex') } };
    case 'steps':
      return { steps: stepBatchToWire(order.steps) };
    case 'data':
      return { data: order.bytes };
    case 'withdraw':
      return { withdraw: { message: plainText(order.message, limits.failureTextLengthMax) } };
    case 'finish':
      return { finish: {} };
    default:
      return order satisfies never;
  }
}

export function applyOrderFromWire(wire: ApplyRequest__Output): ApplyOrder {
  switch (wire.request) {
    case 'begin':
      return { kind: 'begin', session: hex16(required(wire.begin, 'a beginning').session, 'a session') };
    case 'steps':
      return { kind: 'steps', steps: stepBatchFromWire(wire.steps) };
    case 'data':
      return { kind: 'data', bytes: frame(wire.data) };
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

/** A step, by its number in the session, and how it went. */
export interface StepOutcome {
  readonly step: number;
  readonly outcome: Outcome;
}

/** What comes out of `apply`. */
export type ApplyNews =
  /** Every step below `steps` is durable on the remote, or is named in a failure. */
  | { readonly kind: 'committed'; readonly steps: number; readonly failures: readonly StepOutcome[] }
  | { readonly kind: 'finished'; readonly stateDigest: string; readonly sessionNumber: number };

/** Outcomes of kind `done` are left out: only failures travel, at most `limits.groupStepsMax` at a time. */
export function applyNewsToWire(news: ApplyNews): ApplyReply {
  if (news.kind === 'finished') {
    return { finished: { stateDigest: Buffer.from(news.stateDigest, 'hex'), sessionNumber: news.sessionNumber } };
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
      };
    }
    default:
      throw invalid('a reply to apply says nothing');
  }
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

/** A wish to read one content. The session goes into the first request and may be null in those that follow. */
export interface ReadWish {
  readonly session: string | null;
  readonly content: Content;
}

export function readWishToWire({ session, content }: ReadWish): ReadRequest {
  const request = { content: contentToWire(content) };
  return session === null ? request : { ...request, session: Buffer.from(session, 'hex') };
}

export function readWishFromWire(wire: ReadRequest__Output): ReadWish {
  return {
    session: wire.session.length === 0 ? null : hex16(wire.session, 'a session'),
    content: contentFromWire(wire.content),
  };
}

/** A content's bytes, in frames, in the order asked for; or, in place of them or of their rest, why they cannot be had. */
export type ReadNews = { readonly kind: 'data'; readonly bytes: Buffer } | { readonly kind: 'missing'; readonly message: string };

export function readNewsToWire(news: ReadNews): ReadReply {
  if (news.kind === 'data') return { data: news.bytes };
  return { missing: { message: plainText(news.message, limits.failureTextLengthMax) } };
}

export function readNewsFromWire(wire: ReadReply__Output): ReadNews {
  switch (wire.reply) {
    case 'data':
      return { kind: 'data', bytes: frame(wire.data) };
    case 'missing': {
      const { message } = required(wire.missing, 'a reason');
      return { kind: 'missing', message: plainText(message, limits.failureTextLengthMax) };
    }
    default:
      throw invalid('a reply to a read says nothing');
  }
}

function frame(bytes: Buffer | undefined): Buffer {
  const data = required(bytes, 'data');
  if (data.length === 0 || data.length > limits.frameSizeMaxBytes) {
    throw invalid(`a frame of data has ${data.length} bytes, not 1 to ${limits.frameSizeMaxBytes}`);
  }
  return data;
}
