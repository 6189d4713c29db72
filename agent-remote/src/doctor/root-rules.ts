import { Check, type Diagnosis } from '@btsoot/shared/model/diagnosis.js';
import { formatBytes, formatDuration, plural } from '@btsoot/shared/model/human.js';
import { type RetentionRules, rulesText, wantedFreeBytes } from '../retention-rules.js';

/** What the diagnoses of the root itself are about. */
export const ROOT = 'root';

export interface RootPlace {
  readonly root: string;
  /** As the kernel names it: `ext4`, `vfat`. */
  readonly type: string;
  /** Whether it lies on the file system of `/`. */
  readonly isOnSystemDisk: boolean;
  /** Whether others may write to its disk without this machine being told. */
  readonly isShared: boolean;
}

export function judgePlace({ root, type, isOnSystemDisk, isShared }: RootPlace): Diagnosis {
  const check = new Check('root-disk', ROOT);
  if (isOnSystemDisk) {
    return check.warning(
      `${root} is on the disk that the system is on`,
      'Keep mirrors on a disk of their own: one that is full stops no system then, and an SD card wears out. `btsoot-remote init` adopts blocks that were copied there.',
    );
  }
  const shared = isShared ? ', which other machines can write to as well: none of them may run a second agent on it' : '';
  return check.good(`${root} is on a disk of its own, ${type}${shared}`);
}

/** Whether what should be free by the rules is. */
export function judgeRetention(
  rules: RetentionRules,
  space: { readonly freeBytes: number; readonly totalBytes: number },
): Diagnosis {
  const check = new Check('retention', ROOT);
  const text = `history is kept for ${rulesText(rules)}`;
  const wanted = wantedFreeBytes(rules, space.totalBytes);
  if (space.freeBytes < wanted) {
    return check.warning(
      `${formatBytes(space.freeBytes)} are free, and ${formatBytes(wanted)} should be by "free_space_min"`,
      'The next session of each block lets old history go, as far as the rules allow. If it stays so, lower "keep_days" or "min_age_days", or get a larger disk.',
    );
  }
  if (rules.freeSpaceMin === null && space.freeBytes * 10 < space.totalBytes) {
    return check.warning(
      `${text}, however full the disk is, and less than a tenth of it is free`,
      'Set "retention": { "free_space_min": "5 %" } in .btsoot/remote.json, or see with `btsoot-remote prune --dry-run` what could go.',
    );
  }
  return check.good(text);
}

const [FEW_BYTES, TINY_BYTES] = [150_000_000, 60_000_000];

/** @param availableBytes what the kernel could give to programs */
export function judgeMemory(availableBytes: number): Diagnosis {
  const check = new Check('memory', ROOT);
  const text = `${formatBytes(availableBytes)} of memory are available`;
  const advice = 'Stop what else runs on this machine, or give it swap on a disk: a sync takes up to about 120 MB.';
  if (availableBytes < TINY_BYTES) return check.bad(text, advice);
  return availableBytes < FEW_BYTES ? check.warning(text, advice) : check.good(text);
}

/** @param hasAes null where nobody can tell */
export function judgeCpu(hasAes: boolean | null): Diagnosis {
  const check = new Check('cpu', ROOT);
  if (hasAes === false) return check.good('the CPU has no AES instructions: connections use ChaCha20, which is faster then');
  return check.good(hasAes === null ? 'the CPU does not say whether it has AES instructions' : 'the CPU has AES instructions');
}

/** What a trial of the disk has shown. */
export interface DiskTrial {
  readonly bytes: number;
  /** Writing, until it was durable. */
  readonly writeMs: number;
  /** Whether what was read was what was written. */
  readonly isSame: boolean;
}

const SLOW_BYTES_PER_SECOND = 2_000_000;

export function judgeDisk({ bytes, writeMs, isSame }: DiskTrial): Diagnosis {
  const check = new Check('disk-speed', ROOT);
  if (!isSame) {
    return check.bad(
      'the disk gave back other bytes than were written',
      'Do not trust it: look into the kernel log (dmesg), check it with `smartctl -t long`, and replace it or its cable.',
    );
  }
  const rate = (bytes * 1000) / Math.max(writeMs, 1);
  const text = `the disk takes ${formatBytes(rate)}/s, made durable (${formatBytes(bytes)} in ${formatDuration(writeMs)})`;
  if (rate >= SLOW_BYTES_PER_SECOND) return check.good(text);
  return check.warning(text, 'Is it busy, failing (dmesg, `smartctl -a`), or on a slow port? First syncs take long on it.');
}

/** Who answers on the port that the remote is to be served on. */
export interface Listening {
  readonly address: string;
  /** Of the process that serves the root; null: none does. */
  readonly servedBy: number | null;
  /** What else works on the root, as in "scrubs it"; null: nothing. */
  readonly otherWork: string | null;
  /** Whether somebody takes connections on the port. */
  readonly isAnswered: boolean;
}

export function judgeListening({ address, servedBy, otherWork, isAnswered }: Listening): Diagnosis {
  const check = new Check('serving', ROOT);
  if (servedBy !== null) {
    if (isAnswered) return check.good(`process ${servedBy} serves it on ${address}`);
    return check.bad(
      `process ${servedBy} serves it, and nobody answers on ${address}`,
      'Restart it: its address was changed since, or it hangs.',
    );
  }
  if (isAnswered) {
    return check.bad(
      `another program listens on ${address}`,
      'Stop that one, or choose another port: `btsoot-remote init --listen HOST:PORT`, and `address` in the config of each source.',
    );
  }
  if (otherWork !== null) return check.good(`it is in use: ${otherWork}`);
  return check.warning('nobody serves it', 'Run `btsoot-remote serve`, best as a service. A local target needs no service.');
}

export interface SourceView {
  readonly name: string;
  readonly isRevoked: boolean;
  readonly grants: string;
}

export function judgeSources(sources: readonly SourceView[]): Diagnosis {
  const check = new Check('sources', ROOT);
  const active = sources.filter(({ isRevoked }) => !isRevoked);
  const revoked = sources.length - active.length;
  const gone = revoked === 0 ? '' : `; ${revoked} revoked`;
  if (active.length === 0)
    return check.warning(`no source is paired${gone}`, 'Run `btsoot-remote pair`, and `btsoot pair CODE` on the source.');
  const names = active.map(({ name, grants }) => `${name} (${grants})`).join(', ');
  return check.good(`${plural(active.length, 'source is', 'sources are')} paired: ${names}${gone}`);
}
