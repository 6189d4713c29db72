import type { Op } from './op.js';

/** Ops that are put together one after the other: neighbours of one kind become one, copies where they go on. */
export class OpList {
  #done: Op[] = [];
  #last: Op | null = null;

  literal(lengthBytes: number): void {
    if (this.#last?.kind === 'literal') this.#grow(this.#last, lengthBytes);
    else this.#begin({ kind: 'literal', lengthBytes });
  }

  zeros(lengthBytes: number): void {
    if (this.#last?.kind === 'zeros') this.#grow(this.#last, lengthBytes);
    else this.#begin({ kind: 'zeros', lengthBytes });
  }

  copy(basis: number, from: number, lengthBytes: number): void {
    const last = this.#last;
    if (last?.kind === 'copy' && last.basis === basis && last.from + last.lengthBytes === from) this.#grow(last, lengthBytes);
    else this.#begin({ kind: 'copy', basis, from, lengthBytes });
  }

  add(op: Op): void {
    if (op.kind === 'copy') this.copy(op.basis, op.from, op.lengthBytes);
    else if (op.kind === 'zeros') this.zeros(op.lengthBytes);
    else this.literal(op.lengthBytes);
  }

  /** The ops that nothing more can be added to. They leave the list. */
  takeDone(): Op[] {
    const done = this.#done;
    this.#done = [];
    return done;
  }

  /** All that is left. */
  finish(): Op[] {
    if (this.#last !== null) this.#done.push(this.#last);
    this.#last = null;
    return this.takeDone();
  }

  #begin(op: Op): void {
    if (op.lengthBytes === 0) return;
    if (this.#last !== null) this.#done.push(this.#last);
    this.#last = op;
  }

  #grow(last: Op, moreBytes: number): void {
    this.#last = { ...last, lengthBytes: last.lengthBytes + moreBytes };
  }
}
