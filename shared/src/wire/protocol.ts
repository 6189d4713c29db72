import { BtsootError } from '../model/errors.js';

/**
 * The protocol that this program speaks. Majors do not understand each other; a minor adds what the other may ignore, or refuses
 * where it may not. A remote of 2.0 may not know hard links, extended attributes or special files; one of 2.1 does. One of
 * 2.2 begins to read a content anywhere.
 */
export const PROTOCOL = { major: 2, minor: 2 } as const;

/**
 * Refuses a peer of another major version. `peer` says which role the other side has, so that the error reads the same
 * on both sides of the wire.
 * @throws BtsootError of kind `version`, whose hint says which side to upgrade.
 */
export function checkProtocol(major: number, minor: number, peer: 'source' | 'remote'): void {
  if (major === PROTOCOL.major) return;
  const own = peer === 'source' ? 'remote' : 'source';
  const older = major < PROTOCOL.major ? peer : own;
  throw new BtsootError(
    'version',
    `the ${peer} agent speaks protocol ${major}.${minor}, the ${own} agent ${PROTOCOL.major}.${PROTOCOL.minor}`,
    { hint: `Upgrade BTSOOT on the ${older}'s machine.` },
  );
}
