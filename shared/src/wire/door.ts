import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { limits } from '../model/limits.js';
import { Guests } from './guests.js';
import { Strangers } from './strangers.js';
import type { Listener } from './window.js';

/** How a server takes connections: how many, from whom, for how long. */
export interface Door {
  readonly windowBytes: number;
  /** Gets each listener before it listens. */
  readonly prepare: (listener: Listener) => void;
}

/** Of a private socket: whoever can open it is a friend. */
export function privateDoor(): Door {
  return {
    windowBytes: limits.receiveWindowBytes,
    prepare(listener) {
      listener.maxConnections = limits.connectionsMax;
    },
  };
}

/** Of a port where every client shows a certificate, of which `admit` gets the fingerprint. */
export function guestDoor(admit: (fingerprint: string) => boolean): Door {
  const guests = new Guests(admit);
  const strangers = new Strangers({
    most: limits.strangersMax,
    mostPerAddress: limits.strangersPerAddressMax,
    lifeMaxMs: limits.connectTimeoutMs,
  });
  return {
    windowBytes: limits.receiveWindowBytes,
    prepare(listener) {
      listener.maxConnections = limits.connectionsMax;
      listener.on('connection', (socket: Socket) => strangers.add(socket));
      listener.on('secureConnection', (socket: TLSSocket) => {
        strangers.becameKnown(socket);
        guests.add(socket);
      });
    },
  };
}

/** Of a port where nobody is known. */
export function pairingDoor(): Door {
  const strangers = new Strangers({
    most: limits.pairingConnectionsMax,
    mostPerAddress: limits.pairingConnectionsPerAddressMax,
    lifeMaxMs: limits.pairingConnectionMaxMs,
  });
  return {
    // HTTP/2's own first window.
    windowBytes: 65_535,
    prepare(listener) {
      // One more than may stay: the newest gets in, and the oldest goes.
      listener.maxConnections = limits.pairingConnectionsMax + 1;
      listener.on('connection', (socket: Socket) => strangers.add(socket));
    },
  };
}
