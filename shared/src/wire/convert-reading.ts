import type { Content } from '../model/entry.js';
import { limits } from '../model/limits.js';
import { contentFromWire, contentToWire } from './convert-entry.js';
import { frame, hex16, integer, invalid, plainText, required } from './fields.js';
import type { ReadReply, ReadReply__Output, ReadRequest, ReadRequest__Output } from './messages.js';

/** A wish to read one content. The session goes into the first request and may be null in those that follow. */
export interface ReadWish {
  readonly session: string | null;
  readonly content: Content;
  /** The first byte that is wanted; left out: all of it. */
  readonly offset?: number;
}

export function readWishToWire({ session, content, offset = 0 }: ReadWish): ReadRequest {
  const request = { content: contentToWire(content), offset };
  return session === null ? request : { ...request, session: Buffer.from(session, 'hex') };
}

export function readWishFromWire(wire: ReadRequest__Output): ReadWish {
  const content = contentFromWire(wire.content);
  return {
    session: wire.session.length === 0 ? null : hex16(wire.session, 'a session'),
    content,
    offset: integer(wire.offset, 'where to begin to read', 0, Math.max(0, content.sizeBytes - 1)),
  };
}

/** A content's bytes, in frames, in the order asked for; or, in place of them or of their rest, why they cannot be had. */
export type ReadNews = { readonly kind: 'data'; readonly bytes: Buffer } | { readonly kind: 'missing'; readonly message: string };

export function readNewsToWire(news: ReadNews): ReadReply {
  if (news.kind === 'data') return { data: news.bytes };
  return { missing: { message: plainText(news.message, limits.failureTextLengthMax) } };
}

export function readNewsFromWire(wire: ReadReply__Output): ReadNews {
  switch (wire.reply) {
    case 'data':
      return { kind: 'data', bytes: frame(wire.data, 'a frame of data') };
    case 'missing': {
      const { message } = required(wire.missing, 'a reason');
      return { kind: 'missing', message: plainText(message, limits.failureTextLengthMax) };
    }
    default:
      throw invalid('a reply to a read says nothing');
  }
}
