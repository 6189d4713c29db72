// Original file: proto/btsoot/v1/remote.proto

import type { Long } from '@grpc/proto-loader';

// Original file: proto/btsoot/v1/remote.proto

export const _btsoot_v1_Finding_Kind = {
  KIND_UNSET: 'KIND_UNSET',
  /**
   * other bytes than those that were written
   */
  ROTTEN: 'ROTTEN',
  /**
   * the disk does not give them
   */
  UNREADABLE: 'UNREADABLE',
  /**
   * an old version has gone
   */
  MISSING: 'MISSING',
  /**
   * an old version was kept with what is no longer there
   */
  LOST: 'LOST',
} as const;

export type _btsoot_v1_Finding_Kind =
  | 'KIND_UNSET'
  | 0
  /**
   * other bytes than those that were written
   */
  | 'ROTTEN'
  | 1
  /**
   * the disk does not give them
   */
  | 'UNREADABLE'
  | 2
  /**
   * an old version has gone
   */
  | 'MISSING'
  | 3
  /**
   * an old version was kept with what is no longer there
   */
  | 'LOST'
  | 4

export type _btsoot_v1_Finding_Kind__Output = typeof _btsoot_v1_Finding_Kind[keyof typeof _btsoot_v1_Finding_Kind]

export interface Finding {
  /**
   * in the tree, now or when it was
   */
  'path'?: (Buffer | Uint8Array | string);
  'kind'?: (_btsoot_v1_Finding_Kind);
  /**
   * that replaced or removed this old version; 0: it is in the tree
   */
  'session'?: (number | string | Long);
  'sizeBytes'?: (number | string | Long);
}

export interface Finding__Output {
  /**
   * in the tree, now or when it was
   */
  'path': (Buffer);
  'kind': (_btsoot_v1_Finding_Kind__Output);
  /**
   * that replaced or removed this old version; 0: it is in the tree
   */
  'session': (number);
  'sizeBytes': (number);
}
