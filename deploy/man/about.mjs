// What the man pages say beside what `--help` says.

export const btsoot = {
  summary: 'mirror big folders to a slow and cheap place, by content',
  description: [
    'BTSOOT keeps a second copy of folders on another machine that runs `btsoot-remote`, or on a disk of this one. It knows files by their content: a renamed folder is one rename on the other side, and of a changed file only what changed is sent.',
    'The mirror is plain files. What a sync replaces or removes goes to history there, and is let go by rules of the remote. A sync that would remove or overwrite much is refused until exactly that plan is accepted.',
    'A block is a named pair of a source folder and a target. `btsoot sync` brings the target up to date; `btsoot agent` does so by itself, as a service.',
  ],
  files: [
    ['~/.config/btsoot/config.toml', 'Blocks and remotes; see btsoot.toml(5).'],
    ['~/.config/btsoot/remotes/', 'The certificates and keys that pairing has made.'],
    [
      '~/.local/state/btsoot/',
      "What is known of sources and remotes, the agent's socket, and the log. It can be made anew by reading the source again.",
    ],
    ['.btsootignore', 'In any folder of a source: what to leave out below it, in the syntax of gitignore(5).'],
    ['/usr/share/doc/btsoot-source/guides/', 'Guides, with the Debian package: troubleshooting.md goes by what is printed.'],
  ],
  variables: [
    ['BTSOOT_CONFIG', 'An absolute directory in place of ~/.config/btsoot.'],
    ['BTSOOT_STATE', 'An absolute directory in place of ~/.local/state/btsoot.'],
    ['BTSOOT_LOG', 'How much is logged: error, warn, info (the default) or debug.'],
    [
      'BTSOOT_REMOTE_BIN',
      'The btsoot-remote that serves a target on a disk of this machine, in place of the one that came along.',
    ],
    ['NO_COLOR', 'If set, nothing is coloured.'],
  ],
  seeAlso: 'btsoot.toml(5), btsoot-remote(1)',
};

export const btsootRemote = {
  summary: 'keep the second copy of folders, and serve it to paired sources',
  description: [
    'The remote agent of BTSOOT keeps mirrors as plain files below one root, and everything else beside them in `.btsoot`. Sources reach it over TLS 1.3 with certificates on both sides, after they were paired once.',
    'It runs as any user that owns the root. As root it gives the mirrored entries their owners as well; as another user it keeps those in its manifest, and a restore gives them back.',
  ],
  files: [
    ['ROOT/.btsoot/remote.json', 'Settings: "name", "listen", "retention", "scrub_every_days", "scrub_rate".'],
    ['ROOT/.btsoot/sources.json', 'The paired sources and what each may reach.'],
    ['ROOT/.btsoot/ca/', 'The keys of this remote.'],
    ['ROOT/.btsoot/blocks/', 'For each mirror: its manifest, its history, and what is being received.'],
    ['/usr/share/doc/btsoot-remote/guides/', 'Guides, with the Debian package: troubleshooting.md goes by what is printed.'],
  ],
  variables: [['BTSOOT_REMOTE_ROOT', 'The root, where --root does not name it.']],
  seeAlso: 'btsoot(1)',
};
