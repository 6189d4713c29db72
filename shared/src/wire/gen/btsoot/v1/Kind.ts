// Original file: proto/btsoot/v1/remote.proto

export const Kind = {
  KIND_UNSET: 'KIND_UNSET',
  FILE: 'FILE',
  DIRECTORY: 'DIRECTORY',
  SYMLINK: 'SYMLINK',
  SPECIAL: 'SPECIAL',
} as const;

export type Kind =
  | 'KIND_UNSET'
  | 0
  | 'FILE'
  | 1
  | 'DIRECTORY'
  | 2
  | 'SYMLINK'
  | 3
  | 'SPECIAL'
  | 4

export type Kind__Output = typeof Kind[keyof typeof Kind]
