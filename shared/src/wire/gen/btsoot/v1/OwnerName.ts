// Original file: proto/btsoot/v1/remote.proto


export interface OwnerName {
  'id'?: (number);
  /**
   * 1 to 128 bytes, without ":", ",", "/", white space and control characters, not digits alone
   */
  'name'?: (string);
}

export interface OwnerName__Output {
  'id': (number);
  /**
   * 1 to 128 bytes, without ":", ",", "/", white space and control characters, not digits alone
   */
  'name': (string);
}
