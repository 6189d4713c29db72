import assert from 'node:assert/strict';
import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { here } from '../harness/place.js';
import { Metrics } from '../harness/prometheus.js';
import { SourceAgent } from '../harness/source-agent.js';
import type { Notes } from './notes.js';
import { type Block, type Stage, serviceOf, sourceOf } from './stage.js';

/** A source whose config names another one's folder as its own block's target: it gets nothing of it, and leaves nothing there. */
export async function trespass(stage: Stage, own: Block, theirs: Block, notes: Notes): Promise<void> {
  const home = join(stage.directory, 'trespasser');
  const trespasser = new SourceAgent(home, undefined, here);
  cpSync(join(sourceOf(stage, own.source).home, 'config'), join(home, 'config'), { recursive: true });
  trespasser.configure(`blocks.${own.name}`, 'target', `${theirs.remote}:${theirs.folder}`);
  trespasser.reachRemoteBy(stage.remotes.get(own.remote)?.port ?? 0, own.remote);
  const { metricsPort } = serviceOf(stage, own.remote);
  const denied = async (): Promise<number> => (await Metrics.scrape(metricsPort)).value('btsoot_remote_denied_calls_total');
  const before = await denied();
  const commands = [
    ['sync', own.name],
    ['restore', own.name, '--to', join(home, 'stolen')],
    ['ls', own.name],
  ];
  for (const command of commands) {
    const { status, stdout, stderr } = await trespasser.run(...command);
    assert.equal(status, 1, stdout + stderr);
    assert.match(stdout + stderr, new RegExp(`the source "${own.source}" was not granted the folder "${theirs.folder}"`));
  }
  assert.ok((await denied()) >= before + commands.length);
  rmSync(home, { recursive: true });
  notes.count('trespassers turned away');
}
