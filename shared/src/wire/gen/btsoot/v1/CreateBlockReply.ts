// Original file: proto/btsoot/v1/remote.proto


export interface CreateBlockReply {
  /**
   * UUID of the manifest behind the folder; another id means another manifest
   */
  'manifestId'?: (string);
  'existed'?: (boolean);
}

export interface CreateBlockReply__Output {
  /**
   * UUID of the manifest behind the folder; another id means another manifest
   */
  'manifestId': (string);
  'existed': (boolean);
}
