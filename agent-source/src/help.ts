/** The part of `--help` that teaches. */
export const EXAMPLES = {
  program: `
Beginning, with a second machine (here "pi"):
  pi$  btsoot-remote init --root /mnt/usb
  pi$  btsoot-remote serve --root /mnt/usb            from now on, best as a service
  pi$  btsoot-remote pair --root /mnt/usb             prints a code
       btsoot pair CODE --name pi
       btsoot add photos ~/Photos pi:photos
       btsoot sync photos

Beginning, with a disk on this machine:
       btsoot add photos ~/Photos /mnt/usb/photos
       btsoot sync

Every day:
       btsoot sync --dry-run                          what would be done, and what it costs
       btsoot sync                                    all blocks; in cron too
       btsoot status                                  is everything backed up?
       btsoot doctor                                  is something wrong with the setup?
       btsoot restore photos 2023/june.jpg            give one file back
       btsoot history photos 2023/june.jpg            which versions of it there are
`,
  pair: `
On the remote machine, \`btsoot-remote pair\` prints a code that is valid for ten minutes:
  btsoot pair btsoot1-AbC... --name pi
The key that is made for it stays here, below the config directory, readable by you alone.
`,
  add: `
Examples:
  btsoot add photos ~/Photos pi:photos          to the folder photos of the remote pi
  btsoot add photos ~/Photos /mnt/usb/photos    to a disk on this machine
The same block and source with another target points the block there; what was read stays known.
For a disk, name a folder below its mount point: BTSOOT keeps .btsoot/ beside the mirrored folder.
`,
  checkIgnore: `
A file .btsootignore in any folder of the source holds patterns, as .gitignore does; so does the setting of a block:
  ignore = ["*.tmp", "/cache/"]                 at the root of the source; .btsootignore files override it
  ignored = "keep"                              what becomes ignored stays on the remote as it is ("remove": to history)
`,
  sync: `
Examples:
  btsoot sync                                   all blocks
  btsoot sync photos --dry-run                  the plan: + new, ~ changed, > moved, = copied there, - removed
  btsoot sync photos --accept 0123456789abcdef  a plan that the guard refused, and that is right
  btsoot sync --json                            for programs: one JSON object a line
Where \`btsoot agent\` runs, it does the work, and this shows how it goes.
`,
  verify: `
Examples:
  btsoot verify photos                          both sides, at the same time
  btsoot verify photos --remote --rate "5 MB/s" the mirror and its history, gently
  btsoot verify photos --repair                 and mend it: the source by a restore, the mirror by a sync
A file of the source whose bytes changed though its size and times did not is damaged: it is not sent, each sync says so,
and a repair keeps it in .btsoot-damaged. A verification that is stopped goes on where it was the next time.
`,
  restore: `
Examples:
  btsoot restore photos                             all of it, into the source
  btsoot restore photos 2023/june.jpg 2022          one file and one folder
  btsoot restore photos --to /tmp/look              somewhere else
  btsoot restore photos 2023 --at 2026-01-31        as it was at the end of that day
  btsoot restore photos 2023 --at 2026-01-31T18:30  as it was then; local time unless it says otherwise
  btsoot restore photos --at 12 --dry-run           what it takes to be as after session 12
A local file is never overwritten or removed while the remote does not hold its content, unless --force says so.
`,
  ls: `
Examples:
  btsoot ls photos 2023                         size, time and name of all that is in that folder on the remote
  btsoot ls photos --at 2026-01-31              as it was at the end of that day
  btsoot ls photos -R --at 12 | grep june       where was it after session 12?
Nothing is read of the remote's disk: it answers by its manifest.
`,
  history: `
Examples:
  btsoot history photos                         the sessions, newest first, and what each of them did
  btsoot history photos 2023/june.jpg           its versions, also under other names, and how to get one back
A folder's versions are those of its own name, mode and time; what is in it has its own.
How long history is kept is decided on the remote: see \`btsoot-remote prune --help\` there.
`,
  pause: `
Examples:
  btsoot pause photos                           until \`btsoot resume photos\`, restarts of the agent included
  btsoot pause --for 2h                         all blocks, for two hours
What the agent syncs right now stops where the next sync goes on. What a block has missed is made up for afterwards.
A \`btsoot sync\` runs all the same, as do cron and systemd timers that call it. A paused block goes stale like any other.
`,
  doctor: `
Examples:
  btsoot doctor                                 this machine, all blocks, all remotes; changes nothing
  btsoot doctor photos --thorough               some seconds or minutes more
\`btsoot-remote doctor --root DIR\` does the same for the other side, on its machine.
`,
  dashboard: `
The agent serves it where config.toml says so, to this machine alone or to others:
  [agent]
  dashboard = "127.0.0.1:7714"
What is printed lets in whoever has it. Without it, only the agent's own user and root on this machine are let in.
`,
  agent: `
It syncs the blocks whose settings say so: \`watch = true\` what changes, \`schedule = "0 3 * * *"\` by the clock.
It serves \`btsoot sync\` and \`btsoot status\` over a socket in the state directory, logs to stderr, and stops on SIGTERM
or SIGINT; a sync that it has to break off goes on from there next time.
`,
} as const;

export const DOCTOR_STATUS_HELP = `
Exit status: 0 all is good, 1 something is bad, 2 usage, 4 warnings only.
`;

export const VERIFY_STATUS_HELP = `
Exit status: 0 all is good, or was repaired, 1 failed, 2 usage, 4 damage found, 5 remote unreachable.
`;

export const EXIT_STATUS_HELP = `
Exit status: 0 done, 1 failed, 2 usage, 3 refused by the guard, 4 done but some entries were skipped, 5 remote unreachable.
With several blocks, the worst of them.
`;
