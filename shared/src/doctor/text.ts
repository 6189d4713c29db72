import { type Diagnosis, type Level, worstLevel } from '../model/diagnosis.js';
import { plural } from '../model/human.js';

/** How each level is shown: as it is, or coloured. */
export type Shown = Readonly<Record<Level, (text: string) => string>>;

export const UNCOLOURED: Shown = { good: (text) => text, warning: (text) => text, bad: (text) => text };

const WIDTH = 'warning'.length;

export function diagnosisLine(diagnosis: Diagnosis, shown: Shown): string {
  const level = `${shown[diagnosis.level](diagnosis.level)}${' '.repeat(WIDTH - diagnosis.level.length)}`;
  const line = `${level}  ${diagnosis.about}: ${diagnosis.message}`;
  return diagnosis.level === 'good' ? line : `${line}. ${diagnosis.advice}`;
}

export function summaryLine(diagnoses: readonly Diagnosis[], shown: Shown): string {
  const count = (level: Level): number => diagnoses.filter((diagnosis) => diagnosis.level === level).length;
  const [bad, warnings] = [count('bad'), count('warning')];
  const parts = [
    ...(bad > 0 ? [shown.bad(`${bad} bad`)] : []),
    ...(warnings > 0 ? [shown.warning(plural(warnings, 'warning'))] : []),
  ];
  return parts.length === 0 ? shown.good('All good.') : `${parts.join(', ')}.`;
}

/** For programs: one object. */
export function diagnosesJson(diagnoses: readonly Diagnosis[]): string {
  return JSON.stringify({ level: worstLevel(diagnoses), diagnoses });
}
