// Original file: proto/btsoot/v1/remote.proto


export interface _btsoot_v1_ReadReply_Missing {
  'message'?: (string);
}

export interface _btsoot_v1_ReadReply_Missing__Output {
  'message': (string);
}

export interface ReadReply {
  /**
   * up to 256 KiB; a content ends when its size, less the offset, has come
   */
  'data'?: (Buffer | Uint8Array | string);
  /**
   * in place of a content's data, or of the rest of it
   */
  'missing'?: (_btsoot_v1_ReadReply_Missing | null);
  'reply'?: "data"|"missing";
}

export interface ReadReply__Output {
  /**
   * up to 256 KiB; a content ends when its size, less the offset, has come
   */
  'data'?: (Buffer);
  /**
   * in place of a content's data, or of the rest of it
   */
  'missing'?: (_btsoot_v1_ReadReply_Missing__Output | null);
  'reply'?: "data"|"missing";
}
