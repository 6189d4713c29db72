// Original file: proto/btsoot/v1/remote.proto


export interface Withdraw {
  'message'?: (string);
}

export interface Withdraw__Output {
  'message': (string);
}
