// The settings of config.toml, for btsoot.toml(5). A test holds this list against what the program reads, and the defaults
// against what it does without them.

/** `default`: as TOML writes it; null: there is none, and `without` says what that means. */
export const blockKeys = [
  {
    key: 'source',
    value: 'string',
    default: null,
    without: 'Required.',
    text: 'The folder to mirror, an absolute path.',
  },
  {
    key: 'target',
    value: 'string',
    default: null,
    without: 'Required.',
    text: 'Where to: "remote:folder" with a remote of this file, or an absolute folder on a disk of this machine, below its mount point.',
  },
  {
    key: 'source_identity',
    value: 'string',
    default: null,
    without: 'Required.',
    text: 'The file system that the source lies on. `btsoot add` writes it, and writes it anew when it is run again. A source on another file system, such as an empty mount point, is not mirrored.',
  },
  {
    key: 'schedule',
    value: 'string',
    default: null,
    without: 'Without it there is no timetable.',
    text: 'When `btsoot agent` syncs the block, as in cron and in local time: minute, hour, day of the month, month, day of the week. What was missed while the agent was down is made up for.',
  },
  { key: 'watch', value: 'boolean', default: 'false', text: 'Whether `btsoot agent` watches the source and syncs what changes.' },
  {
    key: 'settle',
    value: 'time',
    default: '"10 s"',
    text: 'A watched block is synced once nothing has changed for so long, or ten times as long has passed. From "1 s" to "1 d"; the units are s, min, h and d.',
  },
  {
    key: 'ignore',
    value: 'list of strings',
    default: '[]',
    text: 'Patterns in the syntax of gitignore(5), at the root of the source. Files called .btsootignore in any folder override them. At most 1,000.',
  },
  {
    key: 'ignored',
    value: '"keep" or "remove"',
    default: '"keep"',
    text: 'What becomes of entries that the remote has and that are ignored now: they stay as they are, or go to history at the next sync.',
  },
  {
    key: 'drift',
    value: '"quick", "trust" or "full"',
    default: '"quick"',
    text: 'How the remote makes sure of its tree when a sync begins: by sizes and times, not at all, or by reading all of it.',
  },
  {
    key: 'owners',
    value: '"number" or "name"',
    default: '"number"',
    text: 'Whether a remote that runs as root gives entries to the same numbers, or to whoever has the same name there.',
  },
  {
    key: 'specials',
    value: '"skip" or "mirror"',
    default: '"skip"',
    text: 'Whether FIFOs and devices are left out and counted, or mirrored. Sockets are always left out.',
  },
  {
    key: 'guard_percent',
    value: 'number from 0 to 100',
    default: '50',
    text: 'A sync that would remove or overwrite more than this share of the entries (and at least ten), or of the bytes, is refused until its plan is accepted.',
  },
  {
    key: 'guard_entries',
    value: 'whole number',
    default: '10_000',
    text: 'So is one that would remove or overwrite more entries than this.',
  },
];

export const remoteKeys = [
  {
    key: 'address',
    value: 'string',
    default: null,
    without: 'Required.',
    text: 'Where the remote is served: "host:port", an IPv6 address in brackets. `btsoot pair` writes it.',
  },
  {
    key: 'rate_limit',
    value: 'rate, or list of periods',
    default: null,
    without: 'Without it nothing is limited.',
    text: 'How fast may be sent to the remote: "5 MB/s" or "40 Mbit/s". In a list of periods the first that fits counts, and outside of all of them nothing is limited. A period has a rate, and may have from and to ("08:00") and days (a list of "mon" to "sun"). What a restore fetches is not limited.',
  },
];
