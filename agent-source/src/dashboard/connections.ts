import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { limits } from '@btsoot/shared/model/limits.js';
import { isLoopback } from './hosts.js';

/** An open connection, as far as it decides who has to go. */
export interface Guest {
  readonly address: string;
  /** A whole request came and is being answered; false: it says nothing, is slow to say it, or only has to take its answer. */
  readonly isWorking: boolean;
}

/**
 * Who has to go so that a newcomer fits: null is nobody. What says nothing goes before what works, the oldest first, and others' connections
 * before those from this machine; so whoever holds many keeps nobody out. From one other machine come only so many.
 * @param open oldest first
 */
export function whoLeaves<T extends Guest>(open: readonly T[], address: string): T | 'newcomer' | null {
  const idle = open.filter(({ isWorking }) => !isWorking);
  if (!isLocal(address)) {
    const isNeighbour = (guest: Guest): boolean => guest.address === address;
    if (open.filter(isNeighbour).length >= limits.dashboardConnectionsPerAddressMax) return idle.find(isNeighbour) ?? 'newcomer';
  }
  if (open.length < limits.dashboardConnectionsMax) return null;
  return idle.find((guest) => !isLocal(guest.address)) ?? idle[0] ?? 'newcomer';
}

function isLocal(address: string): boolean {
  return isLoopback(address.replace(/^::ffff:/, ''));
}

/** The open connections of a server. */
export class Connections {
  readonly #open = new Map<Socket, OpenGuest>();

  /** Makes room for it, or turns it away. */
  admit(socket: Socket): void {
    const guest = new OpenGuest(socket);
    const leaving = whoLeaves([...this.#open.values()], guest.address);
    if (leaving === 'newcomer') {
      socket.destroy();
      return;
    }
    if (leaving !== null) this.#drop(leaving.socket);
    this.#open.set(socket, guest);
    socket.once('close', () => this.#open.delete(socket));
  }

  /** A request has begun; what is between two of them is the youngest to wait. */
  answering(request: IncomingMessage, response: ServerResponse): void {
    const { socket } = request;
    const guest = this.#open.get(socket);
    if (guest === undefined) return;
    guest.asked = { request, response };
    response.once('close', () => {
      guest.asked = null;
      if (this.#open.delete(socket)) this.#open.set(socket, guest);
    });
  }

  #drop(socket: Socket): void {
    this.#open.delete(socket);
    socket.destroy();
  }
}

class OpenGuest implements Guest {
  readonly socket: Socket;
  readonly address: string;
  asked: { readonly request: IncomingMessage; readonly response: ServerResponse } | null = null;

  constructor(socket: Socket) {
    this.socket = socket;
    this.address = socket.remoteAddress ?? '';
  }

  get isWorking(): boolean {
    return this.asked?.request.complete === true && !this.asked.response.writableEnded;
  }
}
