import assert from 'node:assert/strict';
import type { JsonRun } from './source-agent.js';

export interface Side {
  readonly files: number;
  readonly bytes: number;
  readonly damaged: number;
  readonly damagedInHistory: number;
}

/** What the tests read of the result that `btsoot verify --json` prints last. */
export interface Verification {
  readonly kind: 'good' | 'repaired' | 'damaged';
  readonly source: Side | null;
  readonly remote: Side | null;
  readonly findings: readonly { readonly side: string; readonly path: string; readonly kind: string; readonly session: number }[];
}

/** A verification that ended with this exit status, and its result. */
export function verified(run: JsonRun, status: number): Verification {
  assert.equal(run.status, status, run.output);
  const result = run.outcome as unknown as Verification | undefined;
  assert.ok(result !== undefined, run.output);
  return result;
}

/** Its findings, a line each, in order. */
export function found({ findings }: Verification): string[] {
  return findings.map(({ side, kind, path, session }) => `${side} ${kind} ${path} ${session}`).sort();
}
