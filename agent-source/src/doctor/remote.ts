import { judgeValidity, validityOf } from '@btsoot/shared/doctor/certificate.js';
import { judgeSkew } from '@btsoot/shared/doctor/clock.js';
import { judgePrivateFiles, lookAtFile } from '@btsoot/shared/doctor/private-files.js';
import { judgeSpace } from '@btsoot/shared/doctor/space.js';
import { Check, type Diagnosis } from '@btsoot/shared/model/diagnosis.js';
import { BtsootError } from '@btsoot/shared/model/errors.js';
import { limits } from '@btsoot/shared/model/limits.js';
import { RemoteClient } from '@btsoot/shared/wire/client.js';
import { type Greeting, greetingFromWire } from '@btsoot/shared/wire/convert.js';
import { showCertificate } from '@btsoot/shared/wire/server-certificate.js';
import { formatAddress } from '../address.js';
import type { Remote } from '../config.js';
import { addressOf, type TlsAddress } from '../connect.js';
import { type Paths, remotePaths } from '../paths.js';
import type { Block } from '../sync-types.js';
import { version } from '../version.js';
import { measureLink } from './link-speed.js';
import { judgeLinkSpeed, judgeTrip, judgeVersions } from './remote-rules.js';
import { judgeRemoteFolder } from './targets.js';

export interface RemoteExamination {
  readonly paths: Paths;
  /** Those that are mirrored to it. */
  readonly blocks: readonly Block[];
  readonly thorough: boolean;
}

/** A remote, from the keys that it is known by to the speed of the link. */
export async function* examineRemote(remote: Remote, examination: RemoteExamination): AsyncGenerator<Diagnosis, void, undefined> {
  const files = remotePaths(examination.paths, remote.name);
  let address: TlsAddress;
  try {
    yield* judgePrivateFiles(remote.name, [lookAtFile(files.key, 'secret'), lookAtFile(files.directory, 'own')]);
    address = await addressOf(remote, examination.paths);
  } catch (error) {
    yield new Check('keys', remote.name).failed(error, `Pair it again: \`btsoot pair CODE --name ${remote.name} --replace\`.`);
    return;
  }
  yield* examineCertificates(remote, address);
  const client = RemoteClient.connect(address);
  try {
    yield* examineAnswers(remote, client, examination);
  } catch (error) {
    yield new Check('reachable', remote.name).failed(error, 'Look on that machine: `btsoot-remote doctor`.');
  } finally {
    client.close();
  }
}

async function* examineCertificates(remote: Remote, address: TlsAddress): AsyncGenerator<Diagnosis, void, undefined> {
  const again = `Pair with it again: \`btsoot-remote pair\` there, then \`btsoot pair CODE --name ${remote.name} --replace\` here.`;
  const anew = 'On the remote, move .btsoot/ca aside, run `btsoot-remote init`, and pair all sources again with --replace.';
  const judge = (whose: string, pem: () => string | Promise<string>, advice: string) => judgePem(remote.name, whose, pem, advice);
  yield* await judge("this source's certificate", () => address.certificate, again);
  yield* await judge("the certificate of the remote's CA", () => address.ca, anew);
  try {
    const shown = await showCertificate(address);
    yield* await judge("the remote's certificate", () => shown.pem, anew);
  } catch {
    // That it does not answer is found, and told, next.
  }
}

async function judgePem(about: string, whose: string, pem: () => string | Promise<string>, advice: string): Promise<Diagnosis[]> {
  try {
    return [judgeValidity(about, whose, validityOf(await pem()), Date.now(), advice)];
  } catch {
    return [new Check('certificate', about).bad(`${whose} cannot be read`, advice)];
  }
}

async function* examineAnswers(
  remote: Remote,
  client: RemoteClient,
  { blocks, thorough }: RemoteExamination,
): AsyncGenerator<Diagnosis, void, undefined> {
  await ask(client);
  const answers = [await ask(client), await ask(client), await ask(client)];
  const quickest = answers.reduce((best, answer) => (answer.tripMs < best.tripMs ? answer : best));
  const { greeting } = quickest;
  yield judgeTrip(remote.name, formatAddress(remote), quickest.tripMs);
  yield judgeVersions(remote.name, { own: version, peer: greeting.version, tells: greeting.condition !== null });
  if (greeting.condition !== null) {
    const { nowUs, space, reflinks } = greeting.condition;
    yield judgeSkew(remote.name, nowUs - quickest.atUs, quickest.tripMs * 500);
    const where = `its disk${reflinks ? ', where copies take no room,' : ''}`;
    if (space !== null)
      yield judgeSpace(
        remote.name,
        where,
        space,
        'Let old history go there with `btsoot-remote prune`, or give it a larger disk.',
      );
    else
      yield new Check('free-space', remote.name).bad(
        'its disk cannot be asked',
        'Run `btsoot-remote doctor` there: its disk may be unplugged.',
      );
  }
  const listed = greeting.blocks.map(({ folder }) => folder as string);
  // A longer list is cut.
  if (listed.length < limits.blocksPerReplyMax) {
    for (const { name, target } of blocks) yield judgeRemoteFolder(name, remote.name, target.folder, listed);
  }
  if (thorough) yield await examineLink(remote, client);
}

interface Answer {
  readonly greeting: Greeting;
  readonly tripMs: number;
  /** Our clock half way. */
  readonly atUs: number;
}

async function ask(client: RemoteClient): Promise<Answer> {
  const [startMs, startUs] = [performance.now(), Date.now() * 1000];
  const reply = await client.hello();
  const tripMs = performance.now() - startMs;
  return { greeting: greetingFromWire(reply), tripMs, atUs: startUs + tripMs * 500 };
}

async function examineLink(remote: Remote, client: RemoteClient): Promise<Diagnosis> {
  try {
    return judgeLinkSpeed(remote.name, await measureLink(client));
  } catch (error) {
    if (!(error instanceof BtsootError) || error.kind !== 'version') throw error;
    return new Check('link-speed', remote.name).warning(
      'it is too old to have its link measured',
      'Upgrade it when you come by.',
    );
  }
}
