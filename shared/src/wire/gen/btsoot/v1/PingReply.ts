// Original file: proto/btsoot/v1/control.proto


export interface PingReply {
  'version'?: (string);
  'pid'?: (number);
}

export interface PingReply__Output {
  'version': (string);
  'pid': (number);
}
