// Original file: proto/btsoot/v1/remote.proto

import type { Node as _btsoot_v1_Node, Node__Output as _btsoot_v1_Node__Output } from '../../btsoot/v1/Node.js';
import type { Partial as _btsoot_v1_Partial, Partial__Output as _btsoot_v1_Partial__Output } from '../../btsoot/v1/Partial.js';
import type { Drifted as _btsoot_v1_Drifted, Drifted__Output as _btsoot_v1_Drifted__Output } from '../../btsoot/v1/Drifted.js';
import type { Long } from '@grpc/proto-loader';

export interface _btsoot_v1_SessionEvent_Checking {
  'entries'?: (number | string | Long);
  /**
   * of the files that had to be read so far
   */
  'readBytes'?: (number | string | Long);
}

export interface _btsoot_v1_SessionEvent_Checking__Output {
  'entries': (number);
  /**
   * of the files that had to be read so far
   */
  'readBytes': (number);
}

export interface _btsoot_v1_SessionEvent_Opened {
  /**
   * 16 bytes; a capability for the calls below, on this connection's identity
   */
  'session'?: (Buffer | Uint8Array | string);
  'manifestId'?: (string);
  /**
   * of the whole tree, its root's metadata included
   */
  'stateDigest'?: (Buffer | Uint8Array | string);
  'rootId'?: (number | string | Long);
  'root'?: (_btsoot_v1_Node | null);
  /**
   * on the remote's file system, with what old history would give up for new files
   */
  'freeBytes'?: (number | string | Long);
  /**
   * entries that the check found changed
   */
  'drifted'?: (number | string | Long);
  /**
   * number of the newest session in history, 0 for none
   */
  'lastSession'?: (number | string | Long);
  /**
   * what cut-off deliveries have left, up to 8
   */
  'partials'?: (_btsoot_v1_Partial)[];
  /**
   * the first of what was found changed, and of what is known to be damaged, up to 256, about 64 KiB
   */
  'drift'?: (_btsoot_v1_Drifted)[];
  /**
   * entries of the tree that are known to be damaged
   */
  'damaged'?: (number | string | Long);
  /**
   * the largest file that the remote's file system holds, 0 where no file meets a limit
   */
  'fileSizeMaxBytes'?: (number | string | Long);
  /**
   * whether any old version is kept: else there is no point in asking for what only history holds
   */
  'hasHistory'?: (boolean);
  /**
   * whether a copy within the remote's file system takes no room
   */
  'reflinks'?: (boolean);
}

export interface _btsoot_v1_SessionEvent_Opened__Output {
  /**
   * 16 bytes; a capability for the calls below, on this connection's identity
   */
  'session': (Buffer);
  'manifestId': (string);
  /**
   * of the whole tree, its root's metadata included
   */
  'stateDigest': (Buffer);
  'rootId': (number);
  'root': (_btsoot_v1_Node__Output | null);
  /**
   * on the remote's file system, with what old history would give up for new files
   */
  'freeBytes': (number);
  /**
   * entries that the check found changed
   */
  'drifted': (number);
  /**
   * number of the newest session in history, 0 for none
   */
  'lastSession': (number);
  /**
   * what cut-off deliveries have left, up to 8
   */
  'partials': (_btsoot_v1_Partial__Output)[];
  /**
   * the first of what was found changed, and of what is known to be damaged, up to 256, about 64 KiB
   */
  'drift': (_btsoot_v1_Drifted__Output)[];
  /**
   * entries of the tree that are known to be damaged
   */
  'damaged': (number);
  /**
   * the largest file that the remote's file system holds, 0 where no file meets a limit
   */
  'fileSizeMaxBytes': (number);
  /**
   * whether any old version is kept: else there is no point in asking for what only history holds
   */
  'hasHistory': (boolean);
  /**
   * whether a copy within the remote's file system takes no room
   */
  'reflinks': (boolean);
}

export interface SessionEvent {
  /**
   * while the tree is being checked, about every second
   */
  'checking'?: (_btsoot_v1_SessionEvent_Checking | null);
  /**
   * once
   */
  'opened'?: (_btsoot_v1_SessionEvent_Opened | null);
  'event'?: "checking"|"opened";
}

export interface SessionEvent__Output {
  /**
   * while the tree is being checked, about every second
   */
  'checking'?: (_btsoot_v1_SessionEvent_Checking__Output | null);
  /**
   * once
   */
  'opened'?: (_btsoot_v1_SessionEvent_Opened__Output | null);
  'event'?: "checking"|"opened";
}
