import type { SessionTally } from '../manifest/manifest.js';
import type { Step } from '../model/step.js';
import type { Action, StepResult } from './action.js';

/** What those of the actions have done that were done. */
export function tallyOf(actions: readonly Action[], results: readonly StepResult[]): SessionTally {
  const steps = new Map(actions.map(({ index, step }) => [index, step]));
  const tally = { added: 0, replaced: 0, moved: 0, described: 0, removed: 0, newBytes: 0 };
  for (const { index, outcome } of results) {
    const step = steps.get(index);
    if (step === undefined || outcome.kind !== 'done') continue;
    tally[effectOf(step)] += 1;
    if (step.kind === 'put' || step.kind === 'copy') tally.newBytes += step.content.sizeBytes;
  }
  return tally;
}

function effectOf(step: Step): 'added' | 'replaced' | 'moved' | 'described' | 'removed' {
  switch (step.kind) {
    case 'make-directory':
      return 'added';
    case 'put':
    case 'copy':
    case 'link':
    case 'hard-link':
    case 'make-special':
      return step.replaces === null ? 'added' : 'replaced';
    case 'move':
      return 'moved';
    case 'set-metadata':
      return 'described';
    case 'remove':
      return 'removed';
    default:
      return step satisfies never;
  }
}
