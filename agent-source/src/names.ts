import { BtsootError } from '@btsoot/shared/model/errors.js';
import { limits } from '@btsoot/shared/model/limits.js';

/** Names of blocks and remotes are also names of directories: they begin with a letter or digit. */
export const NAME_PATTERN = /^[A-Za-z0-9][A-Za-z0-9._-]*$/;

/** @throws BtsootError of kind `invalid`. `what` is `block` or `remote`. */
export function checkName(what: string, name: string): string {
  if (NAME_PATTERN.test(name) && name.length <= limits.blockNameLengthMax) return name;
  throw new BtsootError('invalid', `"${name}" cannot be a ${what}'s name`, {
    hint: `A name is up to ${limits.blockNameLengthMax} letters, digits, dots, dashes and underscores, and begins with a letter or digit.`,
  });
}

/** "a, b and c", or "none yet". */
export function listNames(names: Iterable<string>): string {
  const sorted = [...names].sort();
  const last = sorted.pop();
  if (last === undefined) return 'none yet';
  return sorted.length === 0 ? last : `${sorted.join(', ')} and ${last}`;
}
