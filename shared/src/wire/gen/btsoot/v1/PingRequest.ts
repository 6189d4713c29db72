// Original file: proto/btsoot/v1/control.proto


export interface PingRequest {
}

export interface PingRequest__Output {
}
