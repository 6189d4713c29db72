import { randomBytes } from 'node:crypto';
import { display, type TreePath } from '@btsoot/shared/model/bytes.js';
import { BtsootError } from '@btsoot/shared/model/errors.js';
import { limits } from '@btsoot/shared/model/limits.js';
import type { Caller } from './caller.js';

/**
 * The life of a session, which holds its block's writer lease from `begin` to `remove`:
 *
 * - `checking`: the lease is taken, the tree is being checked; no call may use the session yet
 * - `ready`: calls may use it
 * - `applying`: as ready, and steps are being executed; `done` resolves when the last of them is
 * - `ended`: no call may use it any more, for the reason `why`; the lease is kept until `settled`
 */
export type SessionState =
  | { readonly kind: 'checking' }
  | { readonly kind: 'ready' }
  | { readonly kind: 'applying'; readonly done: Promise<void> }
  | { readonly kind: 'ended'; readonly why: BtsootError; readonly settled: Promise<void> };

export interface Session {
  /** 32 hexadecimal digits: the capability that names the session in calls. */
  readonly id: string;
  readonly folder: TreePath;
  readonly caller: Caller;
  readonly since: Date;
  /** Aborts when the session ends, with the BtsootError that says why. */
  readonly signal: AbortSignal;
}

interface Entry {
  readonly session: Session;
  readonly controller: AbortController;
  state: SessionState;
}

const following: Record<SessionState['kind'], readonly SessionState['kind'][]> = {
  checking: ['ready', 'ended'],
  ready: ['applying', 'ended'],
  applying: ['ready', 'ended'],
  ended: [],
};

/** The open sessions of a remote: at most one per block. */
export class SessionTable {
  readonly #entries = new Map<string, Entry>();
  readonly #waiting = new Set<() => void>();

  /** @throws BtsootError of kind `busy` where the block has a session, or the remote or the source has too many. */
  begin(caller: Caller, folder: TreePath, since: Date): Session {
    for (const { session } of this.#entries.values()) if (session.folder === folder) throw heldBy(session);
    if (this.#entries.size >= limits.openSessionsMax) {
      throw new BtsootError('busy', `the remote has ${this.#entries.size} sessions open, as many as it allows`, {
        hint: 'Run it again when one of those has ended.',
      });
    }
    const own = [...this.#entries.values()].filter(({ session }) => session.caller.key === caller.key).length;
    if (own >= limits.sessionsPerSourceMax) {
      throw new BtsootError('busy', `the source "${caller.name}" has ${own} sessions open, as many as it may`, {
        hint: 'Run it again when one of those has ended.',
      });
    }
    const controller = new AbortController();
    const session: Session = { id: randomBytes(16).toString('hex'), folder, caller, since, signal: controller.signal };
    this.#entries.set(session.id, { session, controller, state: { kind: 'checking' } });
    return session;
  }

  opened(session: Session): void {
    this.#setState(session, { kind: 'ready' });
  }

  /**
   * The session of that id, for a call by its own source.
   * @throws BtsootError of kind `not-found` for an id that was never given out, or to another source; the reason of its
   * end for a session that has ended.
   */
  use(id: string, caller: Caller): Session {
    const entry = this.#entries.get(id);
    if (entry === undefined || entry.session.caller.key !== caller.key || entry.state.kind === 'checking') {
      throw new BtsootError('not-found', 'there is no such session, or it has ended', { hint: 'Run the command again.' });
    }
    if (entry.state.kind === 'ended') throw entry.state.why;
    return entry.session;
  }

  /**
   * Steps are executed from now on, until the function that is returned is called.
   * @throws BtsootError of kind `busy` where steps are being executed already.
   */
  startApply(session: Session): () => void {
    if (this.#entry(session).state.kind === 'applying') {
      throw new BtsootError('busy', 'this session is executing steps already: one stream at a time', {
        hint: 'Run it again when one of those has ended.',
      });
    }
    let resolveDone = (): void => undefined;
    const done = new Promise<void>((resolve) => {
      resolveDone = resolve;
    });
    this.#setState(session, { kind: 'applying', done });
    return () => {
      resolveDone();
      if (this.#entries.get(session.id)?.state.kind === 'applying') this.#setState(session, { kind: 'ready' });
    };
  }

  /** Ends the session for all calls. The first reason stays. */
  end(session: Session, why: BtsootError): void {
    const entry = this.#entries.get(session.id);
    if (entry === undefined || entry.state.kind === 'ended') return;
    const settled = entry.state.kind === 'applying' ? entry.state.done : Promise.resolve();
    this.#setState(session, { kind: 'ended', why, settled });
    entry.controller.abort(why);
  }

  endAll(why: BtsootError): void {
    for (const { session } of [...this.#entries.values()]) this.end(session, why);
  }

  /** Resolves when nothing that an ended session started runs any more. */
  async settled(session: Session): Promise<void> {
    const { state } = this.#entry(session);
    if (state.kind === 'ended') await state.settled;
  }

  get size(): number {
    return this.#entries.size;
  }

  get isIdle(): boolean {
    return this.#entries.size === 0;
  }

  /** Resolves when no session is open. @throws the signal's reason */
  async idle(signal: AbortSignal): Promise<void> {
    while (!this.isIdle) {
      signal.throwIfAborted();
      await new Promise<void>((resolve) => {
        const wake = (): void => {
          this.#waiting.delete(wake);
          signal.removeEventListener('abort', wake);
          resolve();
        };
        this.#waiting.add(wake);
        signal.addEventListener('abort', wake, { once: true });
      });
    }
  }

  /** Gives the block's lease back. */
  remove(session: Session): void {
    this.#entries.delete(session.id);
    if (this.isIdle) for (const wake of [...this.#waiting]) wake();
  }

  #entry(session: Session): Entry {
    const entry = this.#entries.get(session.id);
    if (entry === undefined) throw new BtsootError('internal', 'the session was removed already');
    return entry;
  }

  #setState(session: Session, next: SessionState): void {
    const entry = this.#entry(session);
    if (!following[entry.state.kind].includes(next.kind)) {
      throw new BtsootError('internal', `a session cannot go from ${entry.state.kind} to ${next.kind}`);
    }
    entry.state = next;
  }
}

function heldBy(holder: Session): BtsootError {
  const since = holder.since.toISOString();
  return new BtsootError('busy', `"${display(holder.folder)}" is in use by the source "${holder.caller.name}" since ${since}`, {
    hint: 'Only one sync or restore of a block runs at a time. Try again when it is done.',
  });
}
