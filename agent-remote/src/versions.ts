import { Breather } from '@btsoot/shared/apply/breather.js';
import type { Manifest } from '@btsoot/shared/manifest/manifest.js';
import type { TreePath } from '@btsoot/shared/model/bytes.js';
import { limits } from '@btsoot/shared/model/limits.js';
import type { VersionSummary, Versions } from '@btsoot/shared/wire/convert.js';

/** What a version takes on the wire besides its paths and target, at most. */
const versionOverheadBytes = 160;

/** What was at a path in the sessions that are kept, in pages, newest first; by the manifest alone. */
export async function* listVersions(
  manifest: Manifest,
  path: TreePath,
  signal: AbortSignal,
): AsyncGenerator<Versions, void, undefined> {
  const history = manifest.pathHistory();
  if (history === null) {
    yield { versions: [], last: true, cut: false };
    return;
  }
  const breather = new Breather(signal);
  const search = history.versionsOf(path);
  for (;;) {
    const next = search.next();
    if (next.done === true) {
      yield* pages(next.value, history.isCut);
      return;
    }
    if (breather.isDue()) await breather.rest();
  }
}

/** One page at least. */
function* pages(versions: readonly VersionSummary[], cut: boolean): Generator<Versions, void, undefined> {
  let page: VersionSummary[] = [];
  let bytes = 0;
  for (const version of versions) {
    const { node, path } = version;
    const size = versionOverheadBytes + path.length + node.name.length + (node.kind === 'symlink' ? node.target.length : 0);
    if (page.length >= limits.versionsPerPageMax || (page.length > 0 && bytes + size > limits.frameSizeMaxBytes)) {
      yield { versions: page, last: false, cut: false };
      page = [];
      bytes = 0;
    }
    page.push(version);
    bytes += size;
  }
  yield { versions: page, last: true, cut };
}
