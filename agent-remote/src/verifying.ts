import { display, type TreePath } from '@btsoot/shared/model/bytes.js';
import type { Finding } from '@btsoot/shared/model/damage.js';
import { BtsootError } from '@btsoot/shared/model/errors.js';
import { limits } from '@btsoot/shared/model/limits.js';
import { readScrubState } from '@btsoot/shared/scrub/progress.js';
import type { VerifyNews, VerifyWish } from '@btsoot/shared/wire/convert.js';
import type { CallContext } from '@btsoot/shared/wire/service.js';
import { type Caller, requireGrant } from './caller.js';
import { findingsOf } from './findings.js';
import { denialOf, type Remote } from './remote.js';
import { settledWithin } from './settled-within.js';

/** How many verifications each source has under way. */
export class VerifyDoor {
  readonly #open = new Map<string, number>();

  /** @throws BtsootError of kind `busy` where the source has as many as it may. */
  enter({ key, name }: Caller): () => void {
    const open = this.#open.get(key) ?? 0;
    if (open >= limits.verifiesPerSourceMax) {
      throw new BtsootError('busy', `the source "${name}" has ${open} verifications under way, as many as it may`, {
        hint: 'Run it again when one of those has ended.',
      });
    }
    this.#open.set(key, open + 1);
    return () => {
      const left = (this.#open.get(key) ?? 1) - 1;
      if (left === 0) this.#open.delete(key);
      else this.#open.set(key, left);
    };
  }
}

/** What of a remote a verification needs. */
export type Verifier = Pick<Remote, 'blocks' | 'identify' | 'log' | 'scrubber' | 'stopping' | 'verifying'>;

/** Reads a block's contents again, says how far it has come, and then what is damaged. */
export async function* verifyBlock(
  remote: Verifier,
  wish: VerifyWish,
  context: CallContext,
): AsyncGenerator<VerifyNews, void, undefined> {
  const caller = remote.identify(context);
  requireGrant(caller, wish.folder);
  const leave = remote.verifying.enter(caller);
  const signal = AbortSignal.any([context.signal, remote.stopping]);
  try {
    const hold = remote.blocks.hold(wish.folder);
    try {
      if (!wish.knownOnly) yield* readAgain(remote, wish, context, signal);
      const found = await findingsOf(hold.block, signal);
      for (const findings of pages(found.listed)) yield { kind: 'findings', findings };
      const last = readScrubState(hold.block.manifest).last;
      const { files, bytes } = last ?? { files: 0, bytes: 0 };
      yield { kind: 'finished', files, bytes, damagedInTree: found.inTree, damagedInHistory: found.inHistory };
    } finally {
      hold.release();
    }
  } finally {
    leave();
  }
}

async function* readAgain(
  remote: Verifier,
  { folder, bytesPerSecond }: VerifyWish,
  context: CallContext,
  signal: AbortSignal,
): AsyncGenerator<VerifyNews, void, undefined> {
  const watch = remote.scrubber.watch(folder, bytesPerSecond ?? Number.POSITIVE_INFINITY);
  try {
    while ((await settledWithin(watch.done, limits.verifyProgressIntervalMs, signal)) === 'pending') {
      if (remote.stopping.aborted) throw stopping();
      signal.throwIfAborted();
      throwIfDenied(remote, folder, context);
      yield { kind: 'progress', ...watch.progress() };
    }
    await watch.done;
    yield { kind: 'progress', ...watch.progress() };
  } finally {
    watch.leave();
  }
}

function stopping(): BtsootError {
  return new BtsootError('unreachable', 'the remote agent is stopping', {
    hint: 'Run the command again when it is back: it goes on from there.',
  });
}

function throwIfDenied(remote: Verifier, folder: TreePath, context: CallContext): void {
  const denial = denialOf(remote, folder, context);
  if (denial === null) return;
  remote.log.warn('a verification ended: its source was revoked', { folder: display(folder) });
  throw denial;
}

function* pages(findings: readonly Finding[]): Generator<readonly Finding[], void, undefined> {
  let page: Finding[] = [];
  let pathBytes = 0;
  for (const finding of findings) {
    if (page.length >= limits.findingsPerMessageMax || pathBytes >= limits.driftPathsMaxBytes) {
      yield page;
      page = [];
      pathBytes = 0;
    }
    page.push(finding);
    pathBytes += finding.path.length;
  }
  if (page.length > 0) yield page;
}
