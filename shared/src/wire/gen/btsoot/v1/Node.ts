// Original file: proto/btsoot/v1/remote.proto

import type { Kind as _btsoot_v1_Kind, Kind__Output as _btsoot_v1_Kind__Output } from '../../btsoot/v1/Kind.js';
import type { Metadata as _btsoot_v1_Metadata, Metadata__Output as _btsoot_v1_Metadata__Output } from '../../btsoot/v1/Metadata.js';
import type { Content as _btsoot_v1_Content, Content__Output as _btsoot_v1_Content__Output } from '../../btsoot/v1/Content.js';
import type { Special as _btsoot_v1_Special, Special__Output as _btsoot_v1_Special__Output } from '../../btsoot/v1/Special.js';
import type { Long } from '@grpc/proto-loader';

export interface Node {
  /**
   * the entry's identity in the manifest named by manifest_id
   */
  'id'?: (number | string | Long);
  'name'?: (Buffer | Uint8Array | string);
  'kind'?: (_btsoot_v1_Kind);
  'meta'?: (_btsoot_v1_Metadata | null);
  /**
   * of a file; absent where it is unknown
   */
  'content'?: (_btsoot_v1_Content | null);
  /**
   * of a directory
   */
  'digest'?: (Buffer | Uint8Array | string);
  /**
   * of a symlink
   */
  'target'?: (Buffer | Uint8Array | string);
  /**
   * of a directory: it could not be listed, children that are not named are unknown
   */
  'incomplete'?: (boolean);
  /**
   * of a file with several names in the tree: 8 bytes, the same for all of them; else empty
   */
  'linkGroup'?: (Buffer | Uint8Array | string);
  /**
   * of a special file
   */
  'special'?: (_btsoot_v1_Special | null);
}

export interface Node__Output {
  /**
   * the entry's identity in the manifest named by manifest_id
   */
  'id': (number);
  'name': (Buffer);
  'kind': (_btsoot_v1_Kind__Output);
  'meta': (_btsoot_v1_Metadata__Output | null);
  /**
   * of a file; absent where it is unknown
   */
  'content': (_btsoot_v1_Content__Output | null);
  /**
   * of a directory
   */
  'digest': (Buffer);
  /**
   * of a symlink
   */
  'target': (Buffer);
  /**
   * of a directory: it could not be listed, children that are not named are unknown
   */
  'incomplete': (boolean);
  /**
   * of a file with several names in the tree: 8 bytes, the same for all of them; else empty
   */
  'linkGroup': (Buffer);
  /**
   * of a special file
   */
  'special': (_btsoot_v1_Special__Output | null);
}
