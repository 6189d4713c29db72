import { Check, type Diagnosis } from '../model/diagnosis.js';

const [MAJOR_MIN, MINOR_MIN] = [20, 19];

/** @param version as `process.versions.node` says it */
export function judgeNode(about: string, version: string): Diagnosis {
  const check = new Check('node', about);
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const isEnough = major > MAJOR_MIN || (major === MAJOR_MIN && minor >= MINOR_MIN);
  if (isEnough) return check.good(`Node.js ${version}`);
  return check.bad(`Node.js ${version} is too old`, `Install Node.js ${MAJOR_MIN}.${MINOR_MIN} or later.`);
}

export interface NativeParts {
  /** Lists directories. */
  readonly lister: boolean;
  /** Hashes small files. */
  readonly smallFiles: boolean;
  /** Drops from memory what is to be read from the disk. */
  readonly pageCache: boolean;
  /** Watches directories; null where nobody needs it. */
  readonly watcher: boolean | null;
}

export function judgeNativeParts(about: string, { lister, smallFiles, pageCache, watcher }: NativeParts): Diagnosis {
  const check = new Check('native-parts', about);
  const advice = 'Install a C compiler and run `npm run setup`, or install the package for this machine.';
  const missing = [
    ...(lister ? [] : ['scans take several times as long']),
    ...(smallFiles ? [] : ['the first scan of many small files takes longer']),
    ...(pageCache ? [] : ['what was read a moment ago is verified in memory, not on the disk']),
    ...(watcher === false ? ['no block can be watched'] : []),
  ];
  if (missing.length > 0)
    return check.warning(`native parts are not compiled for this Node.js: ${missing.join(', and ')}`, advice);
  return check.good('the native parts are compiled');
}
