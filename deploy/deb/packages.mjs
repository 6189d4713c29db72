// The two packages: what is in them beside the agents themselves. Paths are from `deploy/` to the package's root.

const DESCRIPTION = `BTSOOT keeps a second copy of big folders on something slow and cheap. It
 knows files by their content: a renamed folder is one rename on the other
 side, and of a changed file only what changed crosses the wire. The mirror is
 plain files, and what a sync replaces or removes is kept in history.
 .`;

export const packages = [
  {
    name: 'btsoot-source',
    command: 'btsoot',
    /** The first is the program. The other one serves targets on disks of this machine. */
    agents: ['agent-source', 'agent-remote'],
    summary: 'mirror of big folders, by content: the side with the files',
    description: `${DESCRIPTION}
 This package has the command btsoot, for the machine whose folders are
 mirrored: to a machine with btsoot-remote, or to a disk of its own.`,
    depends: [],
    files: {
      'man/btsoot.1': 'usr/share/man/man1/btsoot.1.gz',
      'man/btsoot.toml.5': 'usr/share/man/man5/btsoot.toml.5.gz',
      'completions/btsoot.bash': 'usr/share/bash-completion/completions/btsoot',
      'completions/_btsoot': 'usr/share/zsh/vendor-completions/_btsoot',
      'completions/btsoot.fish': 'usr/share/fish/vendor_completions.d/btsoot.fish',
      'systemd/btsoot-agent.service': 'usr/lib/systemd/system/btsoot-agent.service',
      'systemd/btsoot-sync@.service': 'usr/lib/systemd/system/btsoot-sync@.service',
      'systemd/btsoot-sync@.timer': 'usr/lib/systemd/system/btsoot-sync@.timer',
      'systemd/user/btsoot-agent.service': 'usr/lib/systemd/user/btsoot-agent.service',
      'systemd/examples/local-target.conf': 'usr/share/doc/btsoot-source/examples/local-target.conf',
    },
  },
  {
    name: 'btsoot-remote',
    command: 'btsoot-remote',
    agents: ['agent-remote'],
    summary: 'mirror of big folders, by content: the side with the copy',
    description: `${DESCRIPTION}
 This package has the command btsoot-remote, for the machine with the disk that
 holds the copies.`,
    depends: ['adduser'],
    files: {
      'man/btsoot-remote.1': 'usr/share/man/man1/btsoot-remote.1.gz',
      'completions/btsoot-remote.bash': 'usr/share/bash-completion/completions/btsoot-remote',
      'completions/_btsoot-remote': 'usr/share/zsh/vendor-completions/_btsoot-remote',
      'completions/btsoot-remote.fish': 'usr/share/fish/vendor_completions.d/btsoot-remote.fish',
      'systemd/btsoot-remote.service': 'usr/lib/systemd/system/btsoot-remote.service',
      'systemd/examples/as-root.conf': 'usr/share/doc/btsoot-remote/examples/as-root.conf',
    },
  },
];
