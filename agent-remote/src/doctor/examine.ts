import { existsSync } from 'node:fs';
import { canDropPages } from '@btsoot/shared/disk/page-cache.js';
import { hasNativeSmallFiles } from '@btsoot/shared/disk/small-files.js';
import { judgeClock } from '@btsoot/shared/doctor/clock.js';
import { judgeNativeParts, judgeNode } from '@btsoot/shared/doctor/runtime.js';
import { Check, type Diagnosis } from '@btsoot/shared/model/diagnosis.js';
import { limits } from '@btsoot/shared/model/limits.js';
import { hasNativeLister } from '@btsoot/shared/scan/native-lister.js';
import { listBlocks } from '../blocks.js';
import { requireRoot } from '../commands/init.js';
import { type RemoteConfig, readConfig, requireConfig } from '../config.js';
import type { Layout } from '../layout.js';
import { holderOfRoot, type RootHolder } from '../root-lock.js';
import { examineBlock } from './block.js';
import { lookAtPort } from './listening.js';
import { examineCertificates, examineDisk, examineMachine, examinePermissions, examineSources } from './root.js';
import { judgeListening, ROOT } from './root-rules.js';

/**
 * Looks at a root, its blocks and this machine. Changes nothing but that it writes into `.btsoot` and removes it again, to see
 * what the disk can do.
 */
export async function* examine(layout: Layout, thorough: boolean): AsyncGenerator<Diagnosis, void, undefined> {
  yield judgeNode(ROOT, process.versions.node);
  const natives = { lister: hasNativeLister(), smallFiles: hasNativeSmallFiles(), pageCache: canDropPages(), watcher: null };
  yield judgeNativeParts(ROOT, natives);
  yield* examineMachine();
  const opened = open(layout);
  if ('level' in opened) {
    yield opened;
    return;
  }
  const { config } = opened;
  yield* attempt('root-disk', () => examineDisk(layout));
  yield* attempt('permissions', () => examinePermissions(layout));
  const [holder, ...lock] = holderOf(layout);
  yield* lock;
  if (config !== null) {
    yield* examineCertificates(layout);
    yield examineSources(layout);
    yield judgeListening(await lookAtPort(config.listen, holder));
  }
  let newestUs = 0;
  const scrubEveryDays = config === null ? null : (config.scrub_every_days ?? limits.scrubDefaultDays);
  for (const folder of listBlocks(layout)) {
    const block = examineBlock(folder, { layout, thorough, isServed: holder !== null, scrubEveryDays });
    yield* block.diagnoses;
    newestUs = Math.max(newestUs, block.newestUs);
  }
  yield judgeClock(ROOT, Date.now() * 1000, newestUs);
}

/** A root that only local targets use has no config. */
function open(layout: Layout): { readonly config: RemoteConfig | null } | Diagnosis {
  const check = new Check('root', ROOT);
  try {
    requireRoot(layout);
    return { config: existsSync(layout.blocksDirectory) ? readConfig(layout) : requireConfig(layout) };
  } catch (error) {
    return check.failed(error, `Mend ${layout.configFile}.`);
  }
}

function attempt(check: string, work: () => Diagnosis[]): Diagnosis[] {
  try {
    return work();
  } catch (error) {
    return [
      new Check(check, ROOT).failed(error, 'Run this as the user that serves the root, and look into the kernel log (dmesg).'),
    ];
  }
}

function holderOf(layout: Layout): [RootHolder | null, ...Diagnosis[]] {
  try {
    return [holderOfRoot(layout)];
  } catch (error) {
    return [null, new Check('lock', ROOT).failed(error, `Make ${layout.home} a folder that this user can write.`)];
  }
}
