import type { PlanSummary } from '@btsoot/shared/model/step.js';
import type { PlanView, StepView } from '../sync-types.js';
import { formatBytes, plural } from './human.js';

/** What a plan does with content that is not there yet: a restore fetches it. */
export type Verb = 'send' | 'fetch';

/** A plan as lines: one a step where the plan has them, then what they come to. */
export function planLines(plan: PlanView, verb: Verb = 'send'): string[] {
  if (plan.steps === null) return [summaryLine(plan, verb)];
  const left = stepCount(plan.summary) - plan.steps.length;
  const more = left > 0 ? [`  and ${plural(left, 'more step')}`] : [];
  return [...plan.steps.map((step) => stepLine(step, verb)), ...more, summaryLine(plan, verb)];
}

function stepCount({ makeDirectory, move, put, copy, link, hardLink, makeSpecial, setMetadata, remove }: PlanSummary): number {
  return makeDirectory + move + put + copy + link + hardLink + makeSpecial + setMetadata + remove;
}

/**
 * One step: `+` new, `~` another content or other metadata, `>` moved, `=` copied from what is there already, `-` removed.
 */
export function stepLine(step: StepView, verb: Verb = 'send'): string {
  switch (step.kind) {
    case 'make-directory':
      return `  + ${step.path}/`;
    case 'move':
      return `  > ${step.from ?? ''} -> ${step.path}`;
    case 'put':
      return `  ${step.lostEntries > 0 ? '~' : '+'} ${step.path}  (${putSize(step, verb)})`;
    case 'copy':
      return `  = ${step.path}`;
    case 'link':
      return `  ${step.lostEntries > 0 ? '~' : '+'} ${step.path}  (symlink)`;
    case 'hard-link':
      return `  ${step.lostEntries > 0 ? '~' : '+'} ${step.path}  (hard link to ${step.from ?? ''})`;
    case 'make-special':
      return `  ${step.lostEntries > 0 ? '~' : '+'} ${step.path}  (special file)`;
    case 'set-metadata':
      return `  ~ ${step.path === '' ? '.' : step.path}  (mode, owner, time or attributes)`;
    case 'remove':
      return `  - ${step.path}${step.lostEntries > 1 ? `  (${plural(step.lostEntries, 'entry', 'entries')})` : ''}`;
    default:
      return step.kind satisfies never;
  }
}

function putSize({ sizeBytes, wireBytes }: StepView, verb: Verb): string {
  const size = formatBytes(sizeBytes);
  if (wireBytes === sizeBytes) return size;
  return wireBytes === 0 ? `${size}, nothing of it to ${verb}` : `${size}, at most ${formatBytes(wireBytes)} to ${verb}`;
}

function summaryLine(plan: PlanView, verb: Verb): string {
  const saved = plan.summary.savedBytes > 0 ? `, ${formatBytes(plan.summary.savedBytes)} saved` : '';
  const counts = countsOf(plan.summary, verb);
  const what = counts.length === 0 ? 'nothing to do' : counts.join(', ');
  return `  plan ${plan.digest}: ${what}; ${onTheWire(plan.summary, verb)}${saved}`;
}

/** What of a changed file is new is not known in full before it is sent, nor how well it shrinks. */
function onTheWire({ wireBytes }: PlanSummary, verb: Verb): string {
  return wireBytes === 0 ? `nothing to ${verb}` : `at most ${formatBytes(wireBytes)} to ${verb}`;
}

function countsOf(summary: PlanSummary, verb: Verb): string[] {
  const counts: [number, string, string?][] = [
    [summary.makeDirectory, 'new folder'],
    [summary.put, `file to ${verb}`, `files to ${verb}`],
    [summary.copy, 'copy', 'copies'],
    [summary.link, 'symlink'],
    [summary.hardLink, 'hard link'],
    [summary.makeSpecial, 'special file'],
    [summary.move, 'move'],
    [summary.setMetadata, 'metadata change'],
    [summary.removedEntries, 'entry removed', 'entries removed'],
  ];
  return counts.filter(([count]) => count > 0).map(([count, one, many]) => plural(count, one, many));
}
