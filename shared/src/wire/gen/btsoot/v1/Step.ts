// Original file: proto/btsoot/v1/remote.proto

import type { Metadata as _btsoot_v1_Metadata, Metadata__Output as _btsoot_v1_Metadata__Output } from '../../btsoot/v1/Metadata.js';
import type { Place as _btsoot_v1_Place, Place__Output as _btsoot_v1_Place__Output } from '../../btsoot/v1/Place.js';
import type { Expectation as _btsoot_v1_Expectation, Expectation__Output as _btsoot_v1_Expectation__Output } from '../../btsoot/v1/Expectation.js';
import type { Content as _btsoot_v1_Content, Content__Output as _btsoot_v1_Content__Output } from '../../btsoot/v1/Content.js';
import type { Delivery as _btsoot_v1_Delivery, Delivery__Output as _btsoot_v1_Delivery__Output } from '../../btsoot/v1/Delivery.js';

export interface _btsoot_v1_Step_Copy {
  'path'?: (Buffer | Uint8Array | string);
  'meta'?: (_btsoot_v1_Metadata | null);
  'content'?: (_btsoot_v1_Content | null);
  'replaces'?: (_btsoot_v1_Expectation | null);
}

export interface _btsoot_v1_Step_Copy__Output {
  'path': (Buffer);
  'meta': (_btsoot_v1_Metadata__Output | null);
  'content': (_btsoot_v1_Content__Output | null);
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
  'meta'?: (_btsoot_v1_Metadata | null);
  'expect'?: (_btsoot_v1_Expectation | null);
}

export interface _btsoot_v1_Step_SetMetadata__Output {
  'path': (Buffer);
  'meta': (_btsoot_v1_Metadata__Output | null);
  'expect': (_btsoot_v1_Expectation__Output | null);
}

export interface Step {
  'makeDirectory'?: (_btsoot_v1_Step_MakeDirectory | null);
  'move'?: (_btsoot_v1_Step_Move | null);
  'put'?: (_btsoot_v1_Step_Put | null);
  'copy'?: (_btsoot_v1_Step_Copy | null);
  'link'?: (_btsoot_v1_Step_Link | null);
  'setMetadata'?: (_btsoot_v1_Step_SetMetadata | null);
  'remove'?: (_btsoot_v1_Step_Remove | null);
  'step'?: "makeDirectory"|"move"|"put"|"copy"|"link"|"setMetadata"|"remove";
}

export interface Step__Output {
  'makeDirectory'?: (_btsoot_v1_Step_MakeDirectory__Output | null);
  'move'?: (_btsoot_v1_Step_Move__Output | null);
  'put'?: (_btsoot_v1_Step_Put__Output | null);
  'copy'?: (_btsoot_v1_Step_Copy__Output | null);
  'link'?: (_btsoot_v1_Step_Link__Output | null);
  'setMetadata'?: (_btsoot_v1_Step_SetMetadata__Output | null);
  'remove'?: (_btsoot_v1_Step_Remove__Output | null);
  'step'?: "makeDirectory"|"move"|"put"|"copy"|"link"|"setMetadata"|"remove";
}
