import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { limits } from '@btsoot/shared/model/limits.js';
import { hostOf, isLoopback } from './hosts.js';
import { peerUser } from './peer-user.js';
import { isLoggedIn, isToken, loginCookie } from './token.js';

const ROOT = 0;

export interface AccessOptions {
  readonly token: string;
  readonly onLoopback: boolean;
  /** Whose processes need no token, where the dashboard is on loopback; undefined: nobody's. */
  readonly ownUser: number | undefined;
}

/** Tells whom the dashboard knows. */
export class Access {
  readonly #options: AccessOptions;
  readonly #users = new WeakMap<object, Promise<number | null>>();
  #tries = 0;
  #triesSinceMs = 0;

  constructor(options: AccessOptions) {
    this.#options = options;
  }

  /** By the login's cookie, by the token itself, or because it is the agent's own user, or root, on this machine. */
  async isKnown(request: IncomingMessage): Promise<boolean> {
    const { token } = this.#options;
    if (isLoggedIn(request.headers.cookie, token, Date.now())) return true;
    const bearer = /^Bearer ([\w-]{1,100})$/.exec(request.headers.authorization ?? '')?.[1];
    if (bearer !== undefined && isToken(bearer, token)) return true;
    return await this.#isOwnUser(request);
  }

  /**
   * The right token lets in whatever has come before it: whoever guesses must not keep its owner out.
   * @returns the cookie for a browser that has shown it; `often` where many wrong ones have come.
   */
  login(token: string): { readonly cookie: string } | 'wrong' | 'often' {
    if (isToken(token, this.#options.token)) return { cookie: loginCookie(this.#options.token, Date.now()) };
    return this.#isOften() ? 'often' : 'wrong';
  }

  /** Counts one that was wrong. */
  #isOften(): boolean {
    const nowMs = performance.now();
    if (nowMs - this.#triesSinceMs > 60_000) [this.#tries, this.#triesSinceMs] = [0, nowMs];
    return ++this.#tries > limits.dashboardLoginTriesMax;
  }

  /** Who holds the other end cannot change while the connection stands. A proxy's user is not the one who asks. */
  async #isOwnUser({ socket, headers }: IncomingMessage): Promise<boolean> {
    const { onLoopback, ownUser } = this.#options;
    if (!onLoopback || ownUser === undefined || isHandedOn(headers)) return false;
    const asked = this.#users.get(socket) ?? peerUser(socket);
    this.#users.set(socket, asked);
    const user = await asked;
    return user === ownUser || user === ROOT;
  }
}

/** Whether a proxy says, by a header or by the name that it was asked by, that the request comes from elsewhere. */
function isHandedOn(headers: IncomingHttpHeaders): boolean {
  const isMarked = Object.keys(headers).some((name) => /^(?:forwarded|via|x-real-ip|x-forwarded-.*)$/.test(name));
  return isMarked || !isLoopback(hostOf(headers.host) ?? '');
}
