import type { ProxyOptions } from '../harness/counting-proxy.js';
import { here, type Place } from '../harness/place.js';

/** What lies between the one who sends and the one who receives. */
export interface Route {
  readonly near: Place;
  readonly far: Place;
  /** Null: nothing counts or slows what crosses. */
  readonly proxy: ProxyOptions | null;
}

export const loopback: Route = { near: here, far: here, proxy: null };

export function proxied(options: ProxyOptions = {}): Route {
  return { near: here, far: here, proxy: options };
}
