// Original file: proto/btsoot/v1/remote.proto


// Original file: proto/btsoot/v1/remote.proto

export const _btsoot_v1_Drifted_How = {
  HOW_UNSET: 'HOW_UNSET',
  /**
   * another content, or another target of a symlink
   */
  EDITED: 'EDITED',
  /**
   * something else has its name
   */
  REPLACED: 'REPLACED',
  ADDED: 'ADDED',
  REMOVED: 'REMOVED',
  MOVED: 'MOVED',
  /**
   * its mode, owner or time
   */
  CHANGED: 'CHANGED',
  /**
   * other bytes under the same stat, or unreadable
   */
  DAMAGED: 'DAMAGED',
} as const;

export type _btsoot_v1_Drifted_How =
  | 'HOW_UNSET'
  | 0
  /**
   * another content, or another target of a symlink
   */
  | 'EDITED'
  | 1
  /**
   * something else has its name
   */
  | 'REPLACED'
  | 2
  | 'ADDED'
  | 3
  | 'REMOVED'
  | 4
  | 'MOVED'
  | 5
  /**
   * its mode, owner or time
   */
  | 'CHANGED'
  | 6
  /**
   * other bytes under the same stat, or unreadable
   */
  | 'DAMAGED'
  | 7

export type _btsoot_v1_Drifted_How__Output = typeof _btsoot_v1_Drifted_How[keyof typeof _btsoot_v1_Drifted_How]

/**
 * An entry of the remote's tree that is not as the last session left it.
 */
export interface Drifted {
  /**
   * empty: the tree's root itself
   */
  'path'?: (Buffer | Uint8Array | string);
  'how'?: (_btsoot_v1_Drifted_How);
  /**
   * in history, that were kept as what leads back from the bytes that are no longer there
   */
  'olderVersions'?: (number);
}

/**
 * An entry of the remote's tree that is not as the last session left it.
 */
export interface Drifted__Output {
  /**
   * empty: the tree's root itself
   */
  'path': (Buffer);
  'how': (_btsoot_v1_Drifted_How__Output);
  /**
   * in history, that were kept as what leads back from the bytes that are no longer there
   */
  'olderVersions': (number);
}
