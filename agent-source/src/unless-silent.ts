import { BtsootError } from '@btsoot/shared/model/errors.js';
import { limits } from '@btsoot/shared/model/limits.js';

/*
 * A remote that keeps its connection and never answers would hold a sync for ever: HTTP/2 alone cannot tell it from one
 * that works. In the calls that are watched here, a remote that works says something at least every `limits.answerIntervalMs`.
 */

export interface Patience {
  /** What the remote does meanwhile, for the message: "while it …". */
  readonly doing: string;
  readonly silenceMaxMs?: number;
}

/** What a remote says in a call. Time that the caller takes for what came does not count as silence. */
export async function* unlessSilent<T>(
  /** Starts the call, which ends with the signal. */
  begin: (signal: AbortSignal) => AsyncGenerator<T, void, undefined>,
  { signal, ...patience }: Patience & { readonly signal: AbortSignal },
): AsyncGenerator<T, void, undefined> {
  const silence = new AbortController();
  const items = begin(AbortSignal.any([signal, silence.signal]));
  try {
    for (;;) {
      const next = await heard(items.next(), silence, patience);
      if (next.done === true) return;
      yield next.value;
    }
  } finally {
    await items.return();
  }
}

/** The answer that is awaited, of a call that ends with `silence`: that is aborted with an `unreachable` when none comes. */
export async function heard<T>(answer: Promise<T>, silence: AbortController, patience: Patience): Promise<T> {
  const { doing, silenceMaxMs = limits.answerSilenceMaxMs } = patience;
  // In two halves: where this process itself was held up, what came meanwhile is read in between.
  let isSecond = false;
  const timer = setInterval(() => {
    if (isSecond) silence.abort(silent(doing, silenceMaxMs));
    isSecond = true;
  }, silenceMaxMs / 2);
  return await answer.finally(() => clearInterval(timer));
}

function silent(doing: string, silenceMaxMs: number): BtsootError {
  const seconds = Math.round(silenceMaxMs / 1000);
  return new BtsootError('unreachable', `the remote is connected, but has said nothing for ${seconds} s while it ${doing}`, {
    hint: 'Its log may say why. To start `btsoot-remote serve` anew there does no harm: the next sync goes on from here.',
  });
}
