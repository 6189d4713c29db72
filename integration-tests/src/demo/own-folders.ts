import { lstatSync, mkdirSync, readdirSync, realpathSync } from 'node:fs';
import { basename, join, resolve, sep } from 'node:path';
import { Cleanup } from '../harness/cleanup.js';
import { treeDifferences } from '../harness/compare.js';
import { CountingProxy } from '../harness/counting-proxy.js';
import { RemoteAgent } from '../harness/remote-agent.js';
import { SourceAgent } from '../harness/source-agent.js';
import { temporaryDirectory } from '../harness/world.js';
import { clearProgress, showProgress } from './progress.js';
import { printRows, type Row, say } from './report.js';

/** Relative paths mean the folder that the person stands in, which npm keeps in INIT_CWD. */
function fromWhereThePersonStands(path: string): string {
  return resolve(process.env['INIT_CWD'] ?? process.cwd(), path);
}

/**
 * The demo on a person's own folders: SOURCE is only read; TARGET, new or empty, becomes the root of a real remote
 * agent and keeps the mirror. Returns the exit status.
 */
export async function mirrorOwnFolders(sourceText: string, targetText: string): Promise<number> {
  const tree = fromWhereThePersonStands(sourceText);
  const root = fromWhereThePersonStands(targetText);
  const objection = objectionTo(tree, root);
  if (objection !== null) {
    console.error(objection);
    return 2;
  }
  const cleanup = new Cleanup();
  try {
    return await mirror(cleanup, tree, root);
  } finally {
    await cleanup.run();
  }
}

function objectionTo(tree: string, root: string): string | null {
  if (!isDirectory(tree)) return `SOURCE ${tree} is not a folder`;
  mkdirSync(root, { recursive: true });
  if (readdirSync(root).length > 0) return `TARGET ${root} is not empty: name a new folder, so that nothing of yours is touched`;
  const [realTree, realRoot] = [realpathSync(tree) + sep, realpathSync(root) + sep];
  if (realTree.startsWith(realRoot) || realRoot.startsWith(realTree)) return 'SOURCE and TARGET must not lie in each other';
  return null;
}

function isDirectory(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

async function mirror(cleanup: Cleanup, tree: string, root: string): Promise<number> {
  const home = temporaryDirectory(cleanup);
  const folder = basename(tree) || 'root';
  say(`${tree} is only read. ${root} gets the mirror in ${folder}/, plain files, and the remote agent's records in .btsoot/.`);
  const remote = await RemoteAgent.init(root, join(home, 'pi'));
  const source = new SourceAgent(join(home, 'nas'));
  await source.pair(await remote.pair(folder));
  await remote.serve();
  cleanup.after(() => remote.stop());
  const proxy = await CountingProxy.listen(remote.port);
  cleanup.after(() => proxy.close());
  source.reachRemoteBy(proxy.port);
  await source.mustRun('add', 'demo', tree, `pi:${folder}`);
  say(`A remote agent runs as process ${remote.pid}, paired over mutual TLS 1.3. The first sync reads and sends everything ...`);

  const rows: Row[] = [];
  for (const what of ['everything: the first sync', 'nothing']) {
    proxy.reset();
    const startedMs = performance.now();
    const { status, outcome, output } = await source.watch(showProgress, 'sync', 'demo');
    clearProgress();
    if (outcome === undefined || (status !== 0 && status !== 4)) {
      console.error(output);
      return status ?? 1;
    }
    for (const { path, message } of outcome.problems) say(`left out: ${path}: ${message}`);
    const durationMs = performance.now() - startedMs;
    rows.push({ what, steps: outcome.steps, contentBytes: outcome.sentBytes, wireBytes: proxy.totalBytes(), durationMs });
  }
  printRows(rows);
  return compare(tree, join(root, folder));
}

function compare(tree: string, mirrorRoot: string): number {
  say('Comparing both trees byte by byte ...');
  const differences = treeDifferences(tree, mirrorRoot);
  for (const difference of differences) say(`differs: ${difference}`);
  if (differences.length === 0) say('They are equal: names, types, modes, times, link targets and bytes.');
  return differences.length === 0 ? 0 : 1;
}
