// Original file: proto/btsoot/v1/remote.proto


export interface _btsoot_v1_SignatureReply_Missing {
  'message'?: (string);
}

export interface _btsoot_v1_SignatureReply_Missing__Output {
  'message': (string);
}

export interface SignatureReply {
  /**
   * the next part of the answer, 1 byte to 256 KiB
   */
  'data'?: (Buffer | Uint8Array | string);
  /**
   * in place of the answer or of the rest of it
   */
  'missing'?: (_btsoot_v1_SignatureReply_Missing | null);
  /**
   * of this request's answer; with `missing`, always
   */
  'last'?: (boolean);
  'reply'?: "data"|"missing";
}

export interface SignatureReply__Output {
  /**
   * the next part of the answer, 1 byte to 256 KiB
   */
  'data'?: (Buffer);
  /**
   * in place of the answer or of the rest of it
   */
  'missing'?: (_btsoot_v1_SignatureReply_Missing__Output | null);
  /**
   * of this request's answer; with `missing`, always
   */
  'last': (boolean);
  'reply'?: "data"|"missing";
}
