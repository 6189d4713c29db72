// Original file: proto/btsoot/v1/remote.proto

import type { Long } from '@grpc/proto-loader';

export interface Metadata {
  /**
   * 0 to 07777
   */
  'mode'?: (number);
  'uid'?: (number);
  'gid'?: (number);
  'mtimeUs'?: (number | string | Long);
  /**
   * extended attributes and ACLs, packed (model/xattrs.ts), up to 64 KiB; empty: none
   */
  'xattrs'?: (Buffer | Uint8Array | string);
}

export interface Metadata__Output {
  /**
   * 0 to 07777
   */
  'mode': (number);
  'uid': (number);
  'gid': (number);
  'mtimeUs': (number);
  /**
   * extended attributes and ACLs, packed (model/xattrs.ts), up to 64 KiB; empty: none
   */
  'xattrs': (Buffer);
}
