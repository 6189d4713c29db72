import { fromSystemError } from './errors.js';

/** From good to bad: `warning` is what works now, and may not for long or not as well as it could. */
export const LEVELS = ['good', 'warning', 'bad'] as const;
export type Level = (typeof LEVELS)[number];

interface Found {
  /** Which check has found it: for programs, the same for ever. */
  readonly check: string;
  /** The block, the remote or the part of the machine that it is of. */
  readonly about: string;
  /** What was found, as a sentence without its full stop. */
  readonly message: string;
}

/** What a doctor says of one thing. Whatever is not good comes with what to do about it, as a sentence. */
export type Diagnosis =
  | (Found & { readonly level: 'good' })
  | (Found & { readonly level: 'warning' | 'bad'; readonly advice: string });

/** Makes the diagnoses of one check of one thing. */
export class Check {
  readonly check: string;
  readonly about: string;

  constructor(check: string, about: string) {
    this.check = check;
    this.about = about;
  }

  good(message: string): Diagnosis {
    return { check: this.check, about: this.about, level: 'good', message };
  }

  warning(message: string, advice: string): Diagnosis {
    return { check: this.check, about: this.about, level: 'warning', message, advice };
  }

  bad(message: string, advice: string): Diagnosis {
    return { check: this.check, about: this.about, level: 'bad', message, advice };
  }

  /** What kept the check from being made, with the error's own hint where it has one. */
  failed(error: unknown, advice: string): Diagnosis {
    const known = fromSystemError(error, 'this could not be checked');
    return this.bad(known.message, known.hint ?? advice);
  }
}

export function worstLevel(diagnoses: Iterable<Diagnosis>): Level {
  let worst = 0;
  for (const { level } of diagnoses) worst = Math.max(worst, LEVELS.indexOf(level));
  return LEVELS[worst] ?? 'bad';
}
