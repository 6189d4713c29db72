// Original file: proto/btsoot/v1/remote.proto

import type { Node as _btsoot_v1_Node, Node__Output as _btsoot_v1_Node__Output } from '../../btsoot/v1/Node.js';
import type { Metadata as _btsoot_v1_Metadata, Metadata__Output as _btsoot_v1_Metadata__Output } from '../../btsoot/v1/Metadata.js';
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
  /**
   * of the root as it was after as_of_session, in the root's first page; else unset
   */
  'rootMeta'?: (_btsoot_v1_Metadata | null);
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
  /**
   * of the root as it was after as_of_session, in the root's first page; else unset
   */
  'rootMeta': (_btsoot_v1_Metadata__Output | null);
}
