import { limits } from '../model/limits.js';
import { integer, invalid } from './fields.js';
import type { LinkReply, LinkReply__Output, LinkRequest, LinkRequest__Output } from './messages.js';

/** What a source sends or asks for to measure its link. Of bytes that mean nothing, their number. */
export type LinkWish =
  | { readonly kind: 'data'; readonly bytes: number }
  /** Bytes wanted. */
  | { readonly kind: 'wanted'; readonly bytes: number };

export type LinkNews =
  /** Received in this call so far. */
  { readonly kind: 'received'; readonly bytes: number } | { readonly kind: 'data'; readonly bytes: number };

export function linkDataToWire(data: Buffer): { readonly data: Buffer } {
  return { data };
}

export function linkWantedToWire(bytes: number): LinkRequest {
  return { wantedBytes: bytes };
}

export function linkReceivedToWire(bytes: number): LinkReply {
  return { receivedBytes: bytes };
}

export function linkWishFromWire(wire: LinkRequest__Output): LinkWish {
  if (wire.data !== undefined) return { kind: 'data', bytes: lengthOf(wire.data) };
  if (wire.wantedBytes === undefined) throw invalid('a request to measure the link asks for nothing');
  return { kind: 'wanted', bytes: integer(wire.wantedBytes, 'what is wanted', 1, limits.linkMeasuredMaxBytes) };
}

export function linkNewsFromWire(wire: LinkReply__Output): LinkNews {
  if (wire.data !== undefined) return { kind: 'data', bytes: lengthOf(wire.data) };
  if (wire.receivedBytes === undefined) throw invalid('an answer about the link says nothing');
  return { kind: 'received', bytes: integer(wire.receivedBytes, 'what was received', 0, limits.linkMeasuredMaxBytes) };
}

function lengthOf({ length }: Buffer): number {
  if (length === 0 || length > limits.linkFrameMaxBytes) {
    throw invalid(`a frame to measure the link has ${length} bytes, not 1 to ${limits.linkFrameMaxBytes}`);
  }
  return length;
}
