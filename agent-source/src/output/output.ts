import type { ProgressEvent } from '@btsoot/shared/model/progress.js';
import type { ErrorView } from '../sync-message.js';
import { LiveLine, type Terminal } from './live-line.js';
import { choosePaint, type Paint } from './paint.js';
import { advance, type ProgressState, progressText, START } from './progress-state.js';
import { errorText, type ResultOf } from './result-text.js';

/**
 * Where a command shows what it does. Results go to stdout, progress and errors to stderr; as JSON all goes to stdout.
 * Problems are for the result's text to list, but for drift on the remote, which the sync puts right: that is shown, or
 * it would be known to nobody. As JSON all come when they happen.
 */
export interface Output {
  readonly paint: Paint;
  progress(block: string, event: ProgressEvent): void;
  /** How it ended: the text for people, the value for `--json`. */
  result(text: string, value: object): void;
  error(block: string | null, error: ErrorView): void;
}

export interface OutputStreams {
  readonly stdout: Terminal & { readonly isTTY?: boolean | undefined };
  readonly stderr: Terminal & { readonly isTTY?: boolean | undefined };
}

export function openOutput(json: boolean, of: ResultOf = 'sync', streams: OutputStreams = process): Output {
  if (json) return jsonOutput(streams);
  return streams.stderr.isTTY === true ? liveOutput(of, streams) : lineOutput(of, streams);
}

function jsonOutput(streams: OutputStreams): Output {
  const line = (value: object): void => void streams.stdout.write(`${JSON.stringify(value)}\n`);
  return {
    paint: choosePaint(false),
    progress: (block, event) => line({ block, ...event }),
    result: (_text, value) => line(value),
    error: (block, error) => line({ block, kind: 'error', error }),
  };
}

function liveOutput(of: ResultOf, streams: OutputStreams): Output {
  const live = new LiveLine(streams.stderr);
  const paint = choosePaint(streams.stdout.isTTY === true);
  const errorPaint = choosePaint(true);
  let state: ProgressState = START;
  return {
    paint,
    progress: (block, event) => {
      state = advance(state, event, performance.now());
      if (isDrift(event)) {
        live.clear();
        streams.stderr.write(`${driftText(block, event)}\n`);
      }
      live.draw(`${block}  ${progressText(state, of)}`, state.path);
    },
    result: (text) => {
      live.clear();
      state = START;
      streams.stdout.write(`${text}\n`);
    },
    error: (block, error) => {
      live.clear();
      state = START;
      streams.stderr.write(`${errorText(block, error, errorPaint)}\n`);
    },
  };
}

const lineEveryMs = 10_000;

/** For logs and mails: a line a phase, and one every ten seconds where a phase takes longer. */
function lineOutput(of: ResultOf, streams: OutputStreams): Output {
  const paint = choosePaint(streams.stdout.isTTY === true);
  let state: ProgressState = START;
  let printedAtMs = 0;
  return {
    paint,
    progress: (block, event) => {
      const nowMs = performance.now();
      state = advance(state, event, nowMs);
      if (isDrift(event)) streams.stderr.write(`${driftText(block, event)}\n`);
      const due = event.kind === 'phase' || event.kind === 'retry' || nowMs - printedAtMs >= lineEveryMs;
      if (!due) return;
      printedAtMs = nowMs;
      streams.stderr.write(`${block}: ${progressText(state, of)}\n`);
    },
    result: (text) => void streams.stdout.write(`${text}\n`),
    error: (block, error) => void streams.stderr.write(`${errorText(block, error, choosePaint(false))}\n`),
  };
}

type ProblemEvent = ProgressEvent & { readonly kind: 'problem' };

function isDrift(event: ProgressEvent): event is ProblemEvent {
  return event.kind === 'problem' && event.problem.kind === 'drift';
}

function driftText(block: string, { problem }: ProblemEvent): string {
  return `${block}: drift: ${problem.path}: ${problem.message}`;
}
