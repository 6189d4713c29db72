import { accessSync, constants, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { diskSpace } from '@btsoot/shared/disk/file-system.js';
import { canDropPages } from '@btsoot/shared/disk/page-cache.js';
import { hasNativeSmallFiles } from '@btsoot/shared/disk/small-files.js';
import { judgeClock } from '@btsoot/shared/doctor/clock.js';
import { judgePrivateFiles, lookAtFile } from '@btsoot/shared/doctor/private-files.js';
import { judgeNativeParts, judgeNode } from '@btsoot/shared/doctor/runtime.js';
import { judgeStateSpace } from '@btsoot/shared/doctor/space.js';
import { fromText } from '@btsoot/shared/model/bytes.js';
import { Check, type Diagnosis } from '@btsoot/shared/model/diagnosis.js';
import { hasNativeLister } from '@btsoot/shared/scan/native-lister.js';
import { hasNativeWatcher } from '@btsoot/shared/scan/native-watcher.js';
import { type Config, loadConfig } from '../config.js';
import type { Paths } from '../paths.js';

/** What the diagnoses of this machine itself are about. */
export const HERE = 'here';

/** The program, the clock and the state directory: whatever is configured. */
export function examineMachine(paths: Paths): Diagnosis[] {
  return [
    judgeNode(HERE, process.versions.node),
    judgeNativeParts(HERE, {
      lister: hasNativeLister(),
      smallFiles: hasNativeSmallFiles(),
      pageCache: canDropPages(),
      watcher: hasNativeWatcher(),
    }),
    judgeClock(HERE, Date.now() * 1000, 0),
    ...examineState(paths),
  ];
}

/** The config, or null where it cannot be read; each of its faults is a diagnosis of its own. */
export async function examineConfig(paths: Paths): Promise<{ config: Config | null; diagnoses: Diagnosis[] }> {
  const check = new Check('config', HERE);
  try {
    const config = await loadConfig(paths);
    const [blocks, remotes] = [config.blocks.size, config.remotes.size];
    const permissions = judgePrivateFiles('config', [
      lookAtFile(paths.configFile, 'own'),
      lookAtFile(paths.configDirectory, 'own'),
    ]);
    if (blocks > 0) return { config, diagnoses: [check.good(`${paths.configFile} is valid`), ...permissions] };
    const advice =
      remotes === 0
        ? 'Run `btsoot pair CODE`, or `btsoot add BLOCK SOURCE TARGET`: `btsoot --help` shows how.'
        : 'Run `btsoot add BLOCK SOURCE TARGET`.';
    return { config, diagnoses: [check.warning('no block was added yet', advice), ...permissions] };
  } catch (error) {
    const whole = check.failed(error, `Mend ${paths.configFile}.`);
    const faults = whole.message.split('\n').map((message) => ({ ...whole, message }));
    return { config: null, diagnoses: faults };
  }
}

function examineState({ stateDirectory }: Paths): Diagnosis[] {
  const check = new Check('state-directory', HERE);
  const advice = `Make it a directory of yours that can be written, or set BTSOOT_STATE to another one.`;
  try {
    if (statSync(stateDirectory, { throwIfNoEntry: false }) === undefined) {
      accessSync(nearestThere(stateDirectory), constants.W_OK);
      return [check.good(`${stateDirectory} is made when it is needed`)];
    }
    tryWriting(stateDirectory);
    const space = diskSpace(fromText(stateDirectory));
    return [
      check.good(`${stateDirectory} can be written`),
      ...judgePrivateFiles('state', [lookAtFile(stateDirectory, 'own')]),
      judgeStateSpace(
        HERE,
        `the disk of ${stateDirectory}`,
        space,
        'Free some, or move the directory and set BTSOOT_STATE: what is known of the blocks is written there.',
      ),
    ];
  } catch (error) {
    return [check.failed(error, advice)];
  }
}

function tryWriting(directory: string): void {
  const file = path.join(directory, 'doctor.trial');
  try {
    writeFileSync(file, 'x', { flush: true });
  } finally {
    rmSync(file, { force: true });
  }
}

function nearestThere(directory: string): string {
  let at = directory;
  while (statSync(at, { throwIfNoEntry: false }) === undefined) at = path.dirname(at);
  return at;
}
