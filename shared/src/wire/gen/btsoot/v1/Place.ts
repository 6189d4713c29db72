// Original file: proto/btsoot/v1/remote.proto


export interface Place {
  /**
   * in the tree
   */
  'path'?: (Buffer | Uint8Array | string);
  /**
   * 1 and up
   */
  'stashSlot'?: (number);
  'place'?: "path"|"stashSlot";
}

export interface Place__Output {
  /**
   * in the tree
   */
  'path'?: (Buffer);
  /**
   * 1 and up
   */
  'stashSlot'?: (number);
  'place'?: "path"|"stashSlot";
}
