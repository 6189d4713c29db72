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

/** By the magic numbers of statfs(2), of which only some are worth a name. */
const TYPES: Readonly<Record<number, string>> = {
  61267: 'ext4',
  2435016766: 'btrfs',
  1481003842: 'xfs',
  4076150800: 'f2fs',
  801189825: 'zfs',
  16914836: 'tmpfs',
  2035054128: 'overlay',
  26985: 'nfs',
  4283649346: 'cifs',
  4266872130: 'smb3',
  16914839: '9p',
  12805120: 'ceph',
  1397113167: 'afs',
  1702057286: 'fuse',
};

/** What of a file system's type its magic number tells. */
export function typeOfMagic(magic: number): string {
  return TYPES[magic] ?? `0x${magic.toString(16)}`;
}

/** Whether others may write to a file system of this type without this machine's kernel being told. */
export function isSharedType(type: string): boolean {
  return SHARED_TYPES.test(type);
}

const SHARED_TYPES = /^(nfs\d?|cifs|smb\d?|smbfs|9p|ceph|afs|fuse\..*|fuse|glusterfs|virtiofs)$/;

/**
 * Of the mounts that are seen at and below a path, those to which others may write without this machine's kernel being told.
 * @param path without symlinks
 */
export function sharedAmong(path: string, mounts: readonly Mount[]): Mount[] {
  const held = mountOf(path, mounts);
  const seen = [...(held === undefined ? [] : [held]), ...mountsUnder(path, mounts)];
  return seen.filter(({ type }) => isSharedType(type));
}

/** Those at paths below this one. @param path without symlinks */
export function mountsUnder(path: string, mounts: readonly Mount[]): Mount[] {
  const prefix = path === '/' ? path : `${path}/`;
  return mounts.filter(({ point }) => point !== path && point.startsWith(prefix));
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
