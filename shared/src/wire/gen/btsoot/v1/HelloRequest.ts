// Original file: proto/btsoot/v1/remote.proto


export interface HelloRequest {
  'protocolMajor'?: (number);
  'protocolMinor'?: (number);
}

export interface HelloRequest__Output {
  'protocolMajor': (number);
  'protocolMinor': (number);
}
