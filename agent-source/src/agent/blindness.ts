import { sharedMounts } from '@btsoot/shared/disk/file-system.js';
import { display } from '@btsoot/shared/model/bytes.js';
import { errorView } from '../sync-message.js';

/** Whether a block's watch misses changes, and why; null until somebody has looked, and where it misses none. */
export class Blindness {
  readonly #tell: (why: string) => void;
  #why: string | null = null;

  /** @param tell is told why whenever that is new */
  constructor(tell: (why: string) => void) {
    this.#tell = tell;
  }

  get isBlind(): boolean {
    return this.#why !== null;
  }

  /** What is mounted at or in the source may be something else each time. @param noWatch why there is no watch; null: there is one */
  look(source: string, noWatch: string | null): void {
    const why = noWatch ?? whatIsUntold(source);
    if (why !== null && why !== this.#why) this.#tell(why);
    this.#why = why;
  }
}

function whatIsUntold(source: string): string | null {
  try {
    const [shared] = sharedMounts(source);
    return shared === undefined ? null : `others may write to ${display(shared.point)}, on ${shared.type}`;
  } catch (error) {
    return errorView(error).message;
  }
}
