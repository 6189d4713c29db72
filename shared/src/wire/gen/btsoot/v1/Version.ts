// Original file: proto/btsoot/v1/remote.proto

import type { Node as _btsoot_v1_Node, Node__Output as _btsoot_v1_Node__Output } from '../../btsoot/v1/Node.js';
import type { Long } from '@grpc/proto-loader';

/**
 * What one entry was, without a change, from one session to another.
 */
export interface Version {
  /**
   * the first kept session at whose end it was so; 1 and up
   */
  'fromSession'?: (number | string | Long);
  /**
   * the last one; not below from_session
   */
  'toSession'?: (number | string | Long);
  /**
   * it is so in the tree now
   */
  'current'?: (boolean);
  /**
   * where it was: not the path asked for where it was renamed or moved
   */
  'path'?: (Buffer | Uint8Array | string);
  /**
   * its digest, of a directory, is zeros
   */
  'node'?: (_btsoot_v1_Node | null);
}

/**
 * What one entry was, without a change, from one session to another.
 */
export interface Version__Output {
  /**
   * the first kept session at whose end it was so; 1 and up
   */
  'fromSession': (number);
  /**
   * the last one; not below from_session
   */
  'toSession': (number);
  /**
   * it is so in the tree now
   */
  'current': (boolean);
  /**
   * where it was: not the path asked for where it was renamed or moved
   */
  'path': (Buffer);
  /**
   * its digest, of a directory, is zeros
   */
  'node': (_btsoot_v1_Node__Output | null);
}
