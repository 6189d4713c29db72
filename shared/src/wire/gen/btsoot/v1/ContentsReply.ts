// Original file: proto/btsoot/v1/remote.proto


export interface ContentsReply {
  /**
   * in the order asked
   */
  'held'?: (boolean)[];
}

export interface ContentsReply__Output {
  /**
   * in the order asked
   */
  'held': (boolean)[];
}
