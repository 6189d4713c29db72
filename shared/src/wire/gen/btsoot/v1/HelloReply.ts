// Original file: proto/btsoot/v1/remote.proto

import type { BlockInfo as _btsoot_v1_BlockInfo, BlockInfo__Output as _btsoot_v1_BlockInfo__Output } from '../../btsoot/v1/BlockInfo.js';
import type { Condition as _btsoot_v1_Condition, Condition__Output as _btsoot_v1_Condition__Output } from '../../btsoot/v1/Condition.js';

export interface HelloReply {
  'protocolMajor'?: (number);
  'protocolMinor'?: (number);
  'remoteName'?: (string);
  /**
   * of the program
   */
  'version'?: (string);
  /**
   * those that this source may reach
   */
  'blocks'?: (_btsoot_v1_BlockInfo)[];
  /**
   * unset: a remote of minor 0
   */
  'condition'?: (_btsoot_v1_Condition | null);
}

export interface HelloReply__Output {
  'protocolMajor': (number);
  'protocolMinor': (number);
  'remoteName': (string);
  /**
   * of the program
   */
  'version': (string);
  /**
   * those that this source may reach
   */
  'blocks': (_btsoot_v1_BlockInfo__Output)[];
  /**
   * unset: a remote of minor 0
   */
  'condition': (_btsoot_v1_Condition__Output | null);
}
