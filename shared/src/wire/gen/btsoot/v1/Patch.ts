// Original file: proto/btsoot/v1/remote.proto


export interface Patch {
  /**
   * what this part of the file is made of (delta/ops.ts), up to 256 KiB
   */
  'ops'?: (Buffer | Uint8Array | string);
  /**
   * the bytes of its literals, one after the other: up to 256 KiB as they are, or Brotli
   */
  'literals'?: (Buffer | Uint8Array | string);
  /**
   * where `literals` is Brotli: what it unpacks to, up to 1 MiB and more than its own length; else 0
   */
  'literalsSize'?: (number);
}

export interface Patch__Output {
  /**
   * what this part of the file is made of (delta/ops.ts), up to 256 KiB
   */
  'ops': (Buffer);
  /**
   * the bytes of its literals, one after the other: up to 256 KiB as they are, or Brotli
   */
  'literals': (Buffer);
  /**
   * where `literals` is Brotli: what it unpacks to, up to 1 MiB and more than its own length; else 0
   */
  'literalsSize': (number);
}
