import { readFileSync, writeFileSync } from 'node:fs';

/** What Linux counts for a process, its threads and its children that have ended. */
export interface DiskWork {
  /** Asked for by read calls, whether from disk, from the cache or from sockets. */
  readonly readBytes: number;
  /** Handed to write calls, to sockets too. */
  readonly writtenBytes: number;
  /** Fetched from the disk itself. */
  readonly diskReadBytes: number;
  /** Made dirty in the cache, so that the disk will get them. */
  readonly diskWrittenBytes: number;
}

export function diskWork(pid: number): DiskWork {
  const text = readFileSync(`/proc/${pid}/io`, 'latin1');
  const field = (name: string): number => Number(new RegExp(`^${name}: (\\d+)$`, 'm').exec(text)?.[1] ?? Number.NaN);
  return {
    readBytes: field('rchar'),
    writtenBytes: field('wchar'),
    diskReadBytes: field('read_bytes'),
    diskWrittenBytes: field('write_bytes'),
  };
}

export function diskWorkSince(before: DiskWork, now: DiskWork): DiskWork {
  return {
    readBytes: now.readBytes - before.readBytes,
    writtenBytes: now.writtenBytes - before.writtenBytes,
    diskReadBytes: now.diskReadBytes - before.diskReadBytes,
    diskWrittenBytes: now.diskWrittenBytes - before.diskWrittenBytes,
  };
}

/** From now on the peak memory counts from what the process has at this moment. */
export function forgetPeakMemory(pid: number): void {
  writeFileSync(`/proc/${pid}/clear_refs`, '5');
}

/** Linux shows clock ticks to programs as hundredths, whatever its own clock does. */
const ticksPerSecond = 100;

/** User and system time of a living process, its threads and its children that have ended. */
export function cpuSeconds(pid: number): number {
  const [user, system, childrenUser, childrenSystem] = times(pid);
  return (user + system + childrenUser + childrenSystem) / ticksPerSecond;
}

/** Of all that this process has started and that has ended, with what those had started. */
export function cpuSecondsOfChildren(): number {
  const [, , user, system] = times(process.pid);
  return (user + system) / ticksPerSecond;
}

/** Fields 14 to 17 of proc_pid_stat(5). The name before them may hold spaces and brackets. */
function times(pid: number): [number, number, number, number] {
  const text = readFileSync(`/proc/${pid}/stat`, 'latin1');
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const field = (number: number): number => Number(fields[number - 3]);
  return [field(14), field(15), field(16), field(17)];
}

/** Whether processes that it has started still run or wait to be collected. */
export function hasChildren(pid: number): boolean {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, 'latin1') !== '';
}
