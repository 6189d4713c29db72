// Original file: proto/btsoot/v1/remote.proto

import type { Node as _btsoot_v1_Node, Node__Output as _btsoot_v1_Node__Output } from '../../btsoot/v1/Node.js';
import type { Long } from '@grpc/proto-loader';

export interface ChildrenPage {
  'directoryId'?: (number | string | Long);
  /**
   * in byte order of names, up to 1,000, up to 256 KiB
   */
  'children'?: (_btsoot_v1_Node)[];
  /**
   * of this directory
   */
  'last'?: (boolean);
}

export interface ChildrenPage__Output {
  'directoryId': (number);
  /**
   * in byte order of names, up to 1,000, up to 256 KiB
   */
  'children': (_btsoot_v1_Node__Output)[];
  /**
   * of this directory
   */
  'last': (boolean);
}
