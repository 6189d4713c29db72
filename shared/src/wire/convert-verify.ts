import { type TreePath, toBytes } from '../model/bytes.js';
import { FINDING_KINDS, type Finding } from '../model/damage.js';
import { limits } from '../model/limits.js';
import { parseTreePath } from '../model/names.js';
import { atMost, integer, invalid, required } from './fields.js';
import type { VerifyEvent, VerifyEvent__Output, VerifyRequest, VerifyRequest__Output, WireFinding__Output } from './messages.js';
import { checkProtocol, PROTOCOL } from './protocol.js';

export interface VerifyWish {
  readonly folder: TreePath;
  /** Null: as fast as it goes. */
  readonly bytesPerSecond: number | null;
  /** Reads nothing, and says what is known to be damaged. */
  readonly knownOnly: boolean;
}

export function verifyWishToWire({ folder, bytesPerSecond, knownOnly }: VerifyWish): VerifyRequest {
  return {
    protocolMajor: PROTOCOL.major,
    protocolMinor: PROTOCOL.minor,
    folder: toBytes(folder),
    bytesPerSecond: bytesPerSecond ?? 0,
    knownOnly,
  };
}

export function verifyWishFromWire(wire: VerifyRequest__Output): VerifyWish {
  checkProtocol(wire.protocolMajor, wire.protocolMinor, 'source');
  const rate = integer(wire.bytesPerSecond, 'a rate');
  return { folder: parseTreePath(wire.folder), bytesPerSecond: rate === 0 ? null : rate, knownOnly: wire.knownOnly };
}

export type VerifyNews =
  | {
      readonly kind: 'progress';
      readonly files: number;
      readonly filesTotal: number;
      readonly bytes: number;
      readonly bytesTotal: number;
      readonly paused: boolean;
    }
  | { readonly kind: 'findings'; readonly findings: readonly Finding[] }
  | {
      readonly kind: 'finished';
      readonly files: number;
      readonly bytes: number;
      readonly damagedInTree: number;
      readonly damagedInHistory: number;
    };

const KINDS_ON_WIRE = {
  rotten: 'ROTTEN',
  unreadable: 'UNREADABLE',
  missing: 'MISSING',
  lost: 'LOST',
} as const satisfies Record<Finding['kind'], string>;

export function verifyNewsToWire(news: VerifyNews): VerifyEvent {
  switch (news.kind) {
    case 'progress': {
      const { kind: _, ...progress } = news;
      return { progress };
    }
    case 'findings': {
      const findings = news.findings.map(({ path, kind, session, sizeBytes }) => ({
        path: toBytes(path),
        kind: KINDS_ON_WIRE[kind],
        session,
        sizeBytes,
      }));
      return { findings: { findings } };
    }
    case 'finished': {
      const { kind: _, ...finished } = news;
      return { finished };
    }
    default:
      return news satisfies never;
  }
}

export function verifyNewsFromWire(wire: VerifyEvent__Output): VerifyNews {
  switch (wire.event) {
    case 'progress': {
      const { files, filesTotal, bytes, bytesTotal, paused } = required(wire.progress, 'progress');
      return {
        kind: 'progress',
        files: integer(files, 'a number of files'),
        filesTotal: integer(filesTotal, 'a number of files'),
        bytes: integer(bytes, 'a number of bytes'),
        bytesTotal: integer(bytesTotal, 'a number of bytes'),
        paused,
      };
    }
    case 'findings': {
      const { findings } = required(wire.findings, 'findings');
      return { kind: 'findings', findings: atMost(findings, limits.findingsPerMessageMax, 'findings').map(findingFromWire) };
    }
    case 'finished': {
      const { files, bytes, damagedInTree, damagedInHistory } = required(wire.finished, 'the end');
      return {
        kind: 'finished',
        files: integer(files, 'a number of files'),
        bytes: integer(bytes, 'a number of bytes'),
        damagedInTree: integer(damagedInTree, 'a number of files'),
        damagedInHistory: integer(damagedInHistory, 'a number of files'),
      };
    }
    default:
      throw invalid('an event of a verification says nothing');
  }
}

function findingFromWire(wire: WireFinding__Output): Finding {
  const kind = FINDING_KINDS.find((one) => KINDS_ON_WIRE[one] === wire.kind);
  if (kind === undefined) throw invalid(`a finding is ${String(wire.kind)}`);
  const session = integer(wire.session, 'a session number');
  return { path: parseTreePath(wire.path), kind, session, sizeBytes: integer(wire.sizeBytes, 'a size') };
}
