/** One line of /proc/self/mountinfo (see proc_pid_mountinfo(5)). Paths are byte strings. */
export interface Mount {
  /** Of the mount as such, not of what is mounted; free for others when it is unmounted. */
  readonly id: string;
  readonly point: string;
  /** `ext4`, `nfs4`, `zfs`... */
  readonly type: string;
  /** A device, a share, a dataset: what the file system's type takes for one. */
  readonly source: string;
}

export function parseMounts(mountinfo: string): Mount[] {
  return mountinfo
    .split('\n')
    .filter((line) => line !== '')
    .flatMap(parseMount);
}

/** ID, parent, device, root, mount point, options, optional fields up to a lone dash; then type, source, options. */
function parseMount(line: string): Mount[] {
  const fields = line.split(' ');
  const dash = fields.indexOf('-', 6);
  const [id, point, type, source] = [fields[0], fields[4], fields[dash + 1], fields[dash + 2]];
  if (dash < 0 || id === undefined || point === undefined || type === undefined || source === undefined) return [];
  return [{ id, point: unescapeField(point), type, source: unescapeField(source) }];
}

/** Blanks, tabs, line ends and backslashes are written as three octal digits. */
function unescapeField(field: string): string {
  return field.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));
}

/** The mount that is seen at exactly this path: the last one there covers those before. */
export function mountAt(path: string, mounts: readonly Mount[]): Mount | undefined {
  return mounts.findLast((mount) => mount.point === path);
}

/** The mount that holds a path, whose symlinks are resolved. */
export function mountOf(path: string, mounts: readonly Mount[]): Mount | undefined {
  for (let at = path; ; at = at.slice(0, Math.max(at.lastIndexOf('/'), 1))) {
    const mount = mountAt(at, mounts);
    if (mount !== undefined || at === '/') return mount;
  }
}
