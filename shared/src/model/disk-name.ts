import { type Name, toBytes } from './bytes.js';

/** What names a file system takes that does not take every byte string for one. Found out by trying (disk/capabilities.ts). */
export interface NameRules {
  /** Bytes that no name may hold, `/` and NUL aside. */
  readonly refused: ReadonlySet<number>;
  /** Only names that are valid UTF-8 are taken. */
  readonly unicode: boolean;
  /** Dots and blanks at the end of a name are dropped, or refused. */
  readonly trimsEnd: boolean;
  /** `CON`, `NUL`, `COM1` and their like are devices, with an ending too. */
  readonly devices: boolean;
  /** Names that differ in the case of letters, or in how an accent is composed, are one name. */
  readonly folds: boolean;
}

const PERCENT = 0x25;
const ESCAPE = /%([0-9A-F]{2})/g;
const DIGITS = /^[0-9A-F]{2}$/;
const DEVICE = /^(con|prn|aux|nul|com[0-9]|lpt[0-9])(\.|$)/i;

/**
 * The name that an entry has on the disk. Bytes that the rules refuse become `%` and two upper-case hexadecimal digits, so
 * that a person can still read it; so does a `%` that would otherwise read as such an escape. Every disk name says by itself
 * what it stands for (`trueName`): a mirror can be taken up by its files alone.
 */
export function diskName(name: Name, rules: NameRules): Name {
  return escapeAt(name, refusedIn(name, rules));
}

/**
 * Other names for the same entry, where another entry has taken its own: first with capitals and all but ASCII escaped,
 * which no two names that fold to one have in common; for a name of small letters alone, with its first letter escaped.
 */
export function otherDiskNames(name: Name, rules: NameRules): Name[] {
  if (!rules.folds) return [];
  const plain = refusedIn(name, rules);
  const capitals = new Set([...plain, ...matchesIn(name, /[A-Z\x80-\xff]/g)]);
  const first = new Set([...plain, ...matchesIn(name, /[a-z]/g).slice(0, 1)]);
  return [capitals, first].filter((positions) => positions.size > plain.size).map((positions) => escapeAt(name, positions));
}

/** What a name on the disk stands for: itself, unless `diskName` or `otherDiskNames` make it of another one. */
export function trueName(disk: Name, rules: NameRules): Name {
  if (!disk.includes('%')) return disk;
  const name = disk.replace(ESCAPE, (_all, digits: string) => String.fromCharCode(Number.parseInt(digits, 16))) as Name;
  if (name === '.' || name === '..' || name.includes('/') || name.includes('\0')) return disk;
  return diskName(name, rules) === disk || otherDiskNames(name, rules).includes(disk) ? name : disk;
}

/** A key that is the same for names which a folding file system may take for one. It may be so for others too. */
export function foldedName(name: Name): string {
  return toBytes(name).toString('utf8').normalize('NFC').toUpperCase().toLowerCase();
}

/** Where the bytes are that cannot stay as they are. */
function refusedIn(name: Name, rules: NameRules): Set<number> {
  const bytes = toBytes(name);
  const found = new Set<number>(rules.unicode ? invalidUtf8(bytes) : []);
  bytes.forEach((byte, at) => {
    if (rules.refused.has(byte) || (byte === PERCENT && DIGITS.test(name.slice(at + 1, at + 3)))) found.add(at);
  });
  if (rules.trimsEnd && /[. ]$/.test(name)) found.add(bytes.length - 1);
  if (rules.devices && DEVICE.test(name)) found.add(0);
  return found;
}

function matchesIn(name: Name, what: RegExp): number[] {
  return [...name.matchAll(what)].map(({ index }) => index);
}

function escapeAt(name: Name, at: ReadonlySet<number>): Name {
  if (at.size === 0) return name;
  let disk = '';
  for (let index = 0; index < name.length; index++) disk += at.has(index) ? escapeOf(name.charCodeAt(index)) : name.charAt(index);
  return disk as Name;
}

function escapeOf(byte: number): string {
  return `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
}

/** Where the bytes are that are part of no valid UTF-8 sequence. */
function invalidUtf8(bytes: Buffer): number[] {
  const found: number[] = [];
  for (let at = 0; at < bytes.length; ) {
    const length = sequenceLength(bytes, at);
    if (length === 0) found.push(at);
    at += Math.max(length, 1);
  }
  return found;
}

const strictUtf8 = new TextDecoder('utf-8', { fatal: true });

/** Of the valid sequence that begins here; 0 where none does. */
function sequenceLength(bytes: Buffer, at: number): number {
  const first = bytes[at] as number;
  const length = first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
  try {
    strictUtf8.decode(bytes.subarray(at, at + length));
    return at + length <= bytes.length ? length : 0;
  } catch {
    return 0;
  }
}
