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
    text: 'When `btsoot agent` syncs the block, as in cron and in local time: minute, hour, day of the month, month, day of the week. Or one of @hourly, @daily (the same as @midnight), @weekly (at the begin of Sunday), @monthly and @yearly (the same as @annually), each at its begin. What was missed while the agent was down is made up for.',
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
    key: 'readers',
    value: 'whole number from 1 to 4',
    default: null,
    without: 'Without it, one for a disk that turns, and more for others.',
    text: 'How many files of the source are read at a time, by scans and by `btsoot verify`.',
  },
  {
    key: 'run_before',
    value: 'command',
    default: null,
    without: 'Without it nothing is run.',
    text: "For /bin/sh, before each sync of the block. Where it fails or takes longer than `run_limit`, nothing is synced. It finds $BTSOOT_BLOCK, $BTSOOT_SOURCE and $BTSOOT_TARGET in its environment, and below a service it has that service's powers.",
  },
  {
    key: 'run_after',
    value: 'command',
    default: null,
    without: 'Without it nothing is run.',
    text: 'The same, after each sync. It also finds how that ended: $BTSOOT_RESULT (done, unchanged, partial, refused or failed), $BTSOOT_ERROR, $BTSOOT_SENT_BYTES, $BTSOOT_SAVED_BYTES, $BTSOOT_STEPS, $BTSOOT_SESSION, $BTSOOT_PROBLEMS, $BTSOOT_DRIFTED, $BTSOOT_DURATION_MS.',
  },
  { key: 'run_limit', value: 'time', default: '"10 min"', text: 'How long either command may take.' },
  {
    key: 'ping',
    value: 'address',
    default: null,
    without: 'Without it nobody is told.',
    text: 'A service such as healthchecks.io that hears of each begin and end of a sync of the block.',
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

export const agentKeys = [
  {
    key: 'metrics',
    value: 'address',
    default: null,
    without: 'Without it none are served.',
    text: 'Where Prometheus finds the agent\'s metrics, on this machine only: "127.0.0.1:7715" or "[::1]:7715".',
  },
  {
    key: 'dashboard',
    value: 'address',
    default: null,
    without: 'Without it there is none.',
    text: 'Where a browser finds the dashboard: "127.0.0.1:7714", or another address of this machine. `btsoot dashboard` prints the way in.',
  },
  {
    key: 'dashboard_names',
    value: 'list of strings',
    default: '[]',
    text: 'Names of this machine, beside its own, by which a browser may ask for the dashboard, such as "nas.example.org".',
  },
];

export const notifyKeys = [
  {
    key: 'on',
    value: 'list of strings',
    default: '["partial", "failure", "drift", "stale"]',
    text: 'What is told: of syncs that left entries out, that failed, that found the mirror changed by others, and of blocks without a good sync for long. "success" too, if it is named.',
  },
  {
    key: 'command',
    value: 'command',
    default: null,
    without: 'Without it none is run.',
    text: 'For /bin/sh, with $BTSOOT_EVENT and $BTSOOT_TEXT in its environment.',
  },
  {
    key: 'webhook',
    value: 'address',
    default: null,
    without: 'Without it none is called.',
    text: 'It gets a POST: JSON with event, text, host, timeUs and facts.',
  },
  {
    key: 'stale_after',
    value: 'time',
    default: '"3 d"',
    text: 'After which time without a good sync a block is stale. A running `btsoot agent` looks.',
  },
];
