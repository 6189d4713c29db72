// Original file: proto/btsoot/v1/remote.proto

import type { Metadata as _btsoot_v1_Metadata, Metadata__Output as _btsoot_v1_Metadata__Output } from '../../btsoot/v1/Metadata.js';
import type { Place as _btsoot_v1_Place, Place__Output as _btsoot_v1_Place__Output } from '../../btsoot/v1/Place.js';
import type { Expectation as _btsoot_v1_Expectation, Expectation__Output as _btsoot_v1_Expectation__Output } from '../../btsoot/v1/Expectation.js';
import type { Content as _btsoot_v1_Content, Content__Output as _btsoot_v1_Content__Output } from '../../btsoot/v1/Content.js';
import type { Delivery as _btsoot_v1_Delivery, Delivery__Output as _btsoot_v1_Delivery__Output } from '../../btsoot/v1/Delivery.js';
import type { Special as _btsoot_v1_Special, Special__Output as _btsoot_v1_Special__Output } from '../../btsoot/v1/Special.js';

export interface _btsoot_v1_Step_Copy {
  'path'?: (Buffer | Uint8Array | string);
  'meta'?: (_btsoot_v1_Metadata | null);
  'content'?: (_btsoot_v1_Content | null);
  'replaces'?: (_btsoot_v1_Expectation | null);
  /**
   * as of a put
   */
  'linkGroup'?: (Buffer | Uint8Array | string);
}

export interface _btsoot_v1_Step_Copy__Output {
  'path': (Buffer);
  'meta': (_btsoot_v1_Metadata__Output | null);
  'content': (_btsoot_v1_Content__Output | null);
  'replaces': (_btsoot_v1_Expectation__Output | null);
  /**
   * as of a put
   */
  'linkGroup': (Buffer);
}

/**
 * `path` becomes another name of the file at `existing`, which is what the next three say.
 */
export interface _btsoot_v1_Step_HardLink {
  'path'?: (Buffer | Uint8Array | string);
  'existing'?: (Buffer | Uint8Array | string);
  'meta'?: (_btsoot_v1_Metadata | null);
  'content'?: (_btsoot_v1_Content | null);
  /**
   * 8 bytes
   */
  'linkGroup'?: (Buffer | Uint8Array | string);
  'replaces'?: (_btsoot_v1_Expectation | null);
}

/**
 * `path` becomes another name of the file at `existing`, which is what the next three say.
 */
export interface _btsoot_v1_Step_HardLink__Output {
  'path': (Buffer);
  'existing': (Buffer);
  'meta': (_btsoot_v1_Metadata__Output | null);
  'content': (_btsoot_v1_Content__Output | null);
  /**
   * 8 bytes
   */
  'linkGroup': (Buffer);
  'replaces': (_btsoot_v1_Expectation__Output | null);
}

export interface _btsoot_v1_Step_Link {
  'path'?: (Buffer | Uint8Array | string);
  'meta'?: (_btsoot_v1_Metadata | null);
  'target'?: (Buffer | Uint8Array | string);
  'replaces'?: (_btsoot_v1_Expectation | null);
}

export interface _btsoot_v1_Step_Link__Output {
  'path': (Buffer);
  'meta': (_btsoot_v1_Metadata__Output | null);
  'target': (Buffer);
  'replaces': (_btsoot_v1_Expectation__Output | null);
}

export interface _btsoot_v1_Step_MakeDirectory {
  'path'?: (Buffer | Uint8Array | string);
  'meta'?: (_btsoot_v1_Metadata | null);
}

export interface _btsoot_v1_Step_MakeDirectory__Output {
  'path': (Buffer);
  'meta': (_btsoot_v1_Metadata__Output | null);
}

export interface _btsoot_v1_Step_MakeSpecial {
  'path'?: (Buffer | Uint8Array | string);
  'meta'?: (_btsoot_v1_Metadata | null);
  'special'?: (_btsoot_v1_Special | null);
  'replaces'?: (_btsoot_v1_Expectation | null);
}

export interface _btsoot_v1_Step_MakeSpecial__Output {
  'path': (Buffer);
  'meta': (_btsoot_v1_Metadata__Output | null);
  'special': (_btsoot_v1_Special__Output | null);
  'replaces': (_btsoot_v1_Expectation__Output | null);
}

export interface _btsoot_v1_Step_Move {
  'from'?: (_btsoot_v1_Place | null);
  'to'?: (_btsoot_v1_Place | null);
  'expect'?: (_btsoot_v1_Expectation | null);
}

export interface _btsoot_v1_Step_Move__Output {
  'from': (_btsoot_v1_Place__Output | null);
  'to': (_btsoot_v1_Place__Output | null);
  'expect': (_btsoot_v1_Expectation__Output | null);
}

export interface _btsoot_v1_Step_Put {
  'path'?: (Buffer | Uint8Array | string);
  'meta'?: (_btsoot_v1_Metadata | null);
  'content'?: (_btsoot_v1_Content | null);
  'replaces'?: (_btsoot_v1_Expectation | null);
  /**
   * the whole content, of a file up to 32 KiB
   */
  'inline'?: (Buffer | Uint8Array | string);
  /**
   * the whole content, of a file up to 32 KiB, lies in the batch's `packed` instead
   */
  'packed'?: (boolean);
  /**
   * of a put whose bytes follow this message; unset: they follow as they are
   */
  'delivery'?: (_btsoot_v1_Delivery | null);
  /**
   * 8 bytes, of a file that has or gets other names; else empty
   */
  'linkGroup'?: (Buffer | Uint8Array | string);
}

export interface _btsoot_v1_Step_Put__Output {
  'path': (Buffer);
  'meta': (_btsoot_v1_Metadata__Output | null);
  'content': (_btsoot_v1_Content__Output | null);
  'replaces': (_btsoot_v1_Expectation__Output | null);
  /**
   * the whole content, of a file up to 32 KiB
   */
  'inline': (Buffer);
  /**
   * the whole content, of a file up to 32 KiB, lies in the batch's `packed` instead
   */
  'packed': (boolean);
  /**
   * of a put whose bytes follow this message; unset: they follow as they are
   */
  'delivery': (_btsoot_v1_Delivery__Output | null);
  /**
   * 8 bytes, of a file that has or gets other names; else empty
   */
  'linkGroup': (Buffer);
}

export interface _btsoot_v1_Step_Remove {
  'at'?: (_btsoot_v1_Place | null);
  'expect'?: (_btsoot_v1_Expectation | null);
}

export interface _btsoot_v1_Step_Remove__Output {
  'at': (_btsoot_v1_Place__Output | null);
  'expect': (_btsoot_v1_Expectation__Output | null);
}

export interface _btsoot_v1_Step_SetMetadata {
  'path'?: (Buffer | Uint8Array | string);
  /**
   * of a file: under all of its names
   */
  'meta'?: (_btsoot_v1_Metadata | null);
  'expect'?: (_btsoot_v1_Expectation | null);
  /**
   * of a file: what its group becomes, 8 bytes or empty
   */
  'linkGroup'?: (Buffer | Uint8Array | string);
}

export interface _btsoot_v1_Step_SetMetadata__Output {
  'path': (Buffer);
  /**
   * of a file: under all of its names
   */
  'meta': (_btsoot_v1_Metadata__Output | null);
  'expect': (_btsoot_v1_Expectation__Output | null);
  /**
   * of a file: what its group becomes, 8 bytes or empty
   */
  'linkGroup': (Buffer);
}

export interface Step {
  'makeDirectory'?: (_btsoot_v1_Step_MakeDirectory | null);
  'move'?: (_btsoot_v1_Step_Move | null);
  'put'?: (_btsoot_v1_Step_Put | null);
  'copy'?: (_btsoot_v1_Step_Copy | null);
  'link'?: (_btsoot_v1_Step_Link | null);
  'setMetadata'?: (_btsoot_v1_Step_SetMetadata | null);
  'remove'?: (_btsoot_v1_Step_Remove | null);
  'hardLink'?: (_btsoot_v1_Step_HardLink | null);
  'makeSpecial'?: (_btsoot_v1_Step_MakeSpecial | null);
  'step'?: "makeDirectory"|"move"|"put"|"copy"|"link"|"setMetadata"|"remove"|"hardLink"|"makeSpecial";
}

export interface Step__Output {
  'makeDirectory'?: (_btsoot_v1_Step_MakeDirectory__Output | null);
  'move'?: (_btsoot_v1_Step_Move__Output | null);
  'put'?: (_btsoot_v1_Step_Put__Output | null);
  'copy'?: (_btsoot_v1_Step_Copy__Output | null);
  'link'?: (_btsoot_v1_Step_Link__Output | null);
  'setMetadata'?: (_btsoot_v1_Step_SetMetadata__Output | null);
  'remove'?: (_btsoot_v1_Step_Remove__Output | null);
  'hardLink'?: (_btsoot_v1_Step_HardLink__Output | null);
  'makeSpecial'?: (_btsoot_v1_Step_MakeSpecial__Output | null);
  'step'?: "makeDirectory"|"move"|"put"|"copy"|"link"|"setMetadata"|"remove"|"hardLink"|"makeSpecial";
}
