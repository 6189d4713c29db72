// Original file: proto/btsoot/v1/remote.proto

import type { OwnerName as _btsoot_v1_OwnerName, OwnerName__Output as _btsoot_v1_OwnerName__Output } from '../../btsoot/v1/OwnerName.js';

/**
 * What the owners are called on the source that the steps give to entries.
 */
export interface OwnerNames {
  /**
   * up to 4,096, each id once
   */
  'users'?: (_btsoot_v1_OwnerName)[];
  /**
   * up to 4,096, each id once
   */
  'groups'?: (_btsoot_v1_OwnerName)[];
}

/**
 * What the owners are called on the source that the steps give to entries.
 */
export interface OwnerNames__Output {
  /**
   * up to 4,096, each id once
   */
  'users': (_btsoot_v1_OwnerName__Output)[];
  /**
   * up to 4,096, each id once
   */
  'groups': (_btsoot_v1_OwnerName__Output)[];
}
