import { type ManifestFacts, ManifestInspection } from '../manifest/inspection.js';
import { Check, type Diagnosis } from '../model/diagnosis.js';
import { BtsootError } from '../model/errors.js';
import { formatBytes } from '../model/human.js';
import { limits } from '../model/limits.js';

/** What SQLite's check says: null where it was not made. */
export type Complaints = readonly string[] | null;

export type ManifestLook =
  | { readonly kind: 'missing' }
  | { readonly kind: 'broken'; readonly error: unknown }
  | { readonly kind: 'read'; readonly facts: ManifestFacts; readonly complaints: Complaints };

/** `small`: not a large one, for which it takes long. */
export type Checking = 'no' | 'small' | 'all';

/** Looks at a manifest, reads all of it where `checking` says so, and lets `more` look into one that is sound while it is open. */
export function lookAtManifest(
  file: string,
  checking: Checking,
  more: (open: ManifestInspection, facts: ManifestFacts) => void = () => undefined,
): ManifestLook {
  try {
    const open = ManifestInspection.open(file);
    if (open === null) return { kind: 'missing' };
    try {
      const facts = open.facts();
      const complaints = isChecked(checking, facts.sizeBytes) ? open.complaints() : null;
      if (complaints === null || complaints.length === 0) more(open, facts);
      return { kind: 'read', facts, complaints };
    } finally {
      open.close();
    }
  } catch (error) {
    return { kind: 'broken', error };
  }
}

/** Whether a manifest of that size is read to the end. */
export function isChecked(checking: Checking, sizeBytes: number): boolean {
  return checking === 'all' || (checking === 'small' && sizeBytes <= limits.doctorCheckedManifestMaxBytes);
}

const ANEW = (file: string): string =>
  `Move ${file} aside, with the -wal and -shm files beside it: the next scan makes a new one from the tree itself.`;

/** @param what as in "its manifest" */
export function judgeManifest(about: string, what: string, look: ManifestLook): Diagnosis {
  const check = new Check('manifest', about);
  if (look.kind === 'missing')
    return check.warning(`${what} is not there yet`, `Run \`btsoot sync\` on the source: it makes it.`);
  if (look.kind === 'broken') {
    if (look.error instanceof BtsootError && look.error.kind === 'busy')
      return check.warning(`${what} is in use by another program`, 'Run this again when that has ended.');
    return check.failed(look.error, 'Is its disk failing, or mounted read-only? Look into the kernel log (dmesg).');
  }
  const { facts, complaints } = look;
  if (complaints !== null && complaints.length > 0)
    return check.bad(`${what} is damaged: ${complaints.join('; ')}`, ANEW(facts.file));
  const checked = complaints === null ? 'opens (--thorough reads all of it)' : 'is sound';
  return check.good(`${what} ${checked}, ${formatBytes(facts.sizeBytes)}`);
}
