// Original file: proto/btsoot/v1/remote.proto

import type { OwnerNames as _btsoot_v1_OwnerNames, OwnerNames__Output as _btsoot_v1_OwnerNames__Output } from '../../btsoot/v1/OwnerNames.js';

export interface ApplyBegin {
  'session'?: (Buffer | Uint8Array | string);
  /**
   * set: entries get the owners of these names, where the remote knows them; unset: those of their numbers
   */
  'owners'?: (_btsoot_v1_OwnerNames | null);
}

export interface ApplyBegin__Output {
  'session': (Buffer);
  /**
   * set: entries get the owners of these names, where the remote knows them; unset: those of their numbers
   */
  'owners': (_btsoot_v1_OwnerNames__Output | null);
}
