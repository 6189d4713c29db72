import { type Content, contentKey } from '@btsoot/shared/model/entry.js';
import { limits } from '@btsoot/shared/model/limits.js';
import { contentsQueryToWire, heldFromWire } from '@btsoot/shared/wire/convert.js';
import type { RemoteSession } from './remote-session.js';

/** Keys of those contents that the remote holds, in its tree or in its history. Empty ones are not asked for. */
export async function whichAreHeld(contents: readonly Content[], session: RemoteSession): Promise<Set<string>> {
  const asked = new Map(contents.filter(({ sizeBytes }) => sizeBytes > 0).map((content) => [contentKey(content), content]));
  const held = new Set<string>();
  const batches = batchesOf([...asked.values()]);
  const askInTurn = async (): Promise<void> => {
    for (let batch = batches.next(); batch.done !== true; batch = batches.next()) {
      for (const content of await heldOf(batch.value, session)) held.add(contentKey(content));
    }
  };
  await Promise.all(Array.from({ length: limits.contentQueriesAtOnceMax }, askInTurn));
  return held;
}

function* batchesOf(contents: readonly Content[]): Generator<Content[], void, undefined> {
  for (let at = 0; at < contents.length; at += limits.contentsAskedAtOnceMax)
    yield contents.slice(at, at + limits.contentsAskedAtOnceMax);
}

async function heldOf(contents: readonly Content[], { client, opened, lost }: RemoteSession): Promise<Content[]> {
  const answers = heldFromWire(await client.queryContents(contentsQueryToWire(opened.session, contents), lost), contents.length);
  return contents.filter((_, index) => answers[index] === true);
}
