import type { Kind } from '../model/entry.js';

/** Whether FIFOs and devices are entries (`mirror`) or left out and counted (`skip`). Sockets are always left out. */
export type SpecialsPolicy = 'skip' | 'mirror';

/** What a listing has under a name that is no entry. */
export const LEFT_OUT = 'left-out';

export function entryKind(kind: Kind | 'socket', policy: SpecialsPolicy): Kind | typeof LEFT_OUT {
  if (kind === 'socket') return LEFT_OUT;
  return kind === 'special' && policy === 'skip' ? LEFT_OUT : kind;
}
