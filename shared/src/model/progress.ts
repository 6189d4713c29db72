import type { PlanSummary } from './step.js';

/** `transfer` sends to the remote, `receive` takes from it. */
export type Phase = 'connect' | 'scan' | 'compare' | 'plan' | 'transfer' | 'receive' | 'record' | 'verify';

/** Something about one path that the person should know. `path` is for display. */
export interface Problem {
  readonly path: string;
  readonly kind: 'unknown' | 'skipped' | 'drift' | 'damaged' | 'failed';
  readonly message: string;
}

/** What a running command tells whoever watches. Emitted by the cycle; printed, drawn or streamed by the outermost layer. */
export type ProgressEvent =
  | { readonly kind: 'phase'; readonly phase: Phase }
  | {
      readonly kind: 'scanned';
      readonly entries: number;
      readonly hashedFiles: number;
      readonly hashedBytes: number;
      readonly path: string;
    }
  /** Contents that were read again on one side. */
  | {
      readonly kind: 'verified';
      readonly side: 'source' | 'remote';
      readonly files: number;
      readonly filesTotal: number;
      readonly bytes: number;
      readonly bytesTotal: number;
      /** Waits for a session to end. */
      readonly paused: boolean;
    }
  /** The remote's check of its own tree, which runs beside the scan. */
  | { readonly kind: 'checked'; readonly entries: number; readonly readBytes: number }
  | { readonly kind: 'planned'; readonly summary: PlanSummary; readonly steps: number; readonly digest: string }
  | {
      readonly kind: 'transferred';
      readonly steps: number;
      readonly stepsTotal: number;
      /** Content bytes that crossed so far, and what they will be in the end, as far as is known by now. */
      readonly bytes: number;
      readonly bytesTotal: number;
      readonly path: string;
    }
  | { readonly kind: 'retry'; readonly attempt: number; readonly delayMs: number; readonly message: string }
  | { readonly kind: 'problem'; readonly problem: Problem };

export type Report = (event: ProgressEvent) => void;
export const SILENT: Report = () => {};
