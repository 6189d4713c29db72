// Original file: proto/btsoot/v1/remote.proto

import type { BlockInfo as _btsoot_v1_BlockInfo, BlockInfo__Output as _btsoot_v1_BlockInfo__Output } from '../../btsoot/v1/BlockInfo.js';

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
}
