// Original file: proto/btsoot/v1/remote.proto


export interface ApplyFinish {
}

export interface ApplyFinish__Output {
}
