import { existsSync, readFileSync, statSync } from 'node:fs';
import { freemem } from 'node:os';
import { join } from 'node:path';
import { probe } from '@btsoot/shared/disk/capabilities.js';
import { diskSpace, fileSystemType, inodeSpace, isShared } from '@btsoot/shared/disk/file-system.js';
import { judgeCapabilities } from '@btsoot/shared/doctor/capabilities.js';
import { judgeValidity, validityOf } from '@btsoot/shared/doctor/certificate.js';
import { judgePrivateFiles, lookAtFile } from '@btsoot/shared/doctor/private-files.js';
import { judgeInodes, judgeSpace } from '@btsoot/shared/doctor/space.js';
import { fromText } from '@btsoot/shared/model/bytes.js';
import { Check, type Diagnosis } from '@btsoot/shared/model/diagnosis.js';
import { cpuInfo, hasAes } from '@btsoot/shared/wire/tls.js';
import { readKeys } from '../authority-files.js';
import { readConfig } from '../config.js';
import { describeGrants } from '../grants.js';
import type { Layout } from '../layout.js';
import { rulesOf } from '../retention-config.js';
import { SourceRegistry } from '../sources.js';
import { isRoomForTrial, tryDisk } from './disk-trial.js';
import { judgeCpu, judgeDisk, judgeMemory, judgePlace, judgeRetention, judgeSources, ROOT } from './root-rules.js';

const FREE_SOME = 'Let old history go with `btsoot-remote prune`, keep it for less long, or get a larger disk.';

/** The disk that the root is on: where it is, its room, what it can hold, whether it can be written, and how fast. */
export function examineDisk(layout: Layout): Diagnosis[] {
  const { root, home } = layout;
  const at = fromText(root);
  const type = fileSystemType(at);
  const space = diskSpace(at);
  const isOnSystemDisk = statSync(root).dev === statSync('/').dev;
  return [
    judgePlace({ root, type, isOnSystemDisk, isShared: isShared(at) }),
    judgeSpace(ROOT, 'its disk', space, FREE_SOME),
    ...judgeInodes(ROOT, 'its disk', inodeSpace(at)),
    ...examineWriting(home, type, space.freeBytes),
    ...examineRetention(layout, space),
  ];
}

function examineWriting(home: string, type: string, freeBytes: number): Diagnosis[] {
  const check = new Check('writing', ROOT);
  try {
    const can = judgeCapabilities(ROOT, type, probe(fromText(home)));
    return isRoomForTrial(freeBytes) ? [...can, judgeDisk(tryDisk(home))] : can;
  } catch (error) {
    return [check.failed(error, `Make ${home} a folder that this user can write, and look into the kernel log (dmesg).`)];
  }
}

function examineRetention(layout: Layout, space: ReturnType<typeof diskSpace>): Diagnosis[] {
  const config = readConfig(layout);
  return config === null ? [] : [judgeRetention(rulesOf(config.retention), space)];
}

/** The machine itself. */
export function examineMachine(): Diagnosis[] {
  return [judgeMemory(availableBytes()), judgeCpu(hasAes(cpuInfo()))];
}

/** What the kernel could free counts too. */
function availableBytes(): number {
  try {
    const kilobytes = /^MemAvailable:\s*(\d+) kB$/m.exec(readFileSync('/proc/meminfo', 'latin1'))?.[1];
    return kilobytes === undefined ? freemem() : Number(kilobytes) * 1024;
  } catch {
    return freemem();
  }
}

/** Who can read what nobody else should. */
export function examinePermissions(layout: Layout): Diagnosis[] {
  const keys = ['ca.key', 'server.key'].map((name) => lookAtFile(join(layout.authorityDirectory, name), 'secret'));
  const home = lookAtFile(layout.home, 'secret');
  return judgePrivateFiles(ROOT, [home, lookAtFile(layout.configFile, 'own'), lookAtFile(layout.sourcesFile, 'own'), ...keys]);
}

/** The certificates of the remote itself. */
export function examineCertificates(layout: Layout): Diagnosis[] {
  const advice = 'Move .btsoot/ca aside, run `btsoot-remote init`, restart `serve`, and pair all sources again with --replace.';
  try {
    const { authority, server } = readKeys(layout);
    return [
      judgeValidity(ROOT, 'the certificate of its CA', validityOf(authority.certificatePem), Date.now(), advice),
      judgeValidity(ROOT, 'its own certificate', validityOf(server.certificatePem), Date.now(), advice),
    ];
  } catch (error) {
    const again = existsSync(layout.authorityDirectory) ? advice : `Run \`btsoot-remote init --root ${layout.root}\`.`;
    return [new Check('certificate', ROOT).failed(error, again)];
  }
}

export function examineSources(layout: Layout): Diagnosis {
  try {
    const sources = new SourceRegistry(layout.sourcesFile).list();
    return judgeSources(
      sources.map(({ name, grants, revokedAt }) => ({ name, isRevoked: revokedAt !== null, grants: describeGrants(grants) })),
    );
  } catch (error) {
    return new Check('sources', ROOT).failed(error, `Mend ${layout.sourcesFile}, or move it aside and pair all sources again.`);
  }
}
