import type { Special } from '../model/special.js';
import { integer, invalid, required } from './fields.js';
import type { WireSpecial, WireSpecial__Output } from './messages.js';

const WIRE_TYPES = { fifo: 'FIFO', character: 'CHARACTER', block: 'BLOCK' } as const;

export function specialToWire({ type, major, minor }: Special): WireSpecial {
  return { type: WIRE_TYPES[type], major, minor };
}

export function specialFromWire(wire: WireSpecial__Output | null | undefined): Special {
  const { type, major, minor } = required(wire, 'what a special file is');
  const numbers = {
    major: integer(major, "a device's number", 0, 0xffff_ffff),
    minor: integer(minor, "a device's number", 0, 0xffff_ffff),
  };
  switch (type) {
    case 'FIFO':
      if (major !== 0 || minor !== 0) throw invalid('a FIFO has the numbers of a device');
      return { type: 'fifo', ...numbers };
    case 'CHARACTER':
      return { type: 'character', ...numbers };
    case 'BLOCK':
      return { type: 'block', ...numbers };
    default:
      throw invalid(`a special file's type is ${String(type)}`);
  }
}
