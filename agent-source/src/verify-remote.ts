import { display, endOfPath } from '@btsoot/shared/model/bytes.js';
import type { Finding } from '@btsoot/shared/model/damage.js';
import { BtsootError, peerFault } from '@btsoot/shared/model/errors.js';
import { limits } from '@btsoot/shared/model/limits.js';
import { type VerifyNews, verifyNewsFromWire, verifyWishToWire } from '@btsoot/shared/wire/convert.js';
import type { Block, Context } from './sync-types.js';
import type { Verified } from './verify.js';
import type { FindingView, SideResult, VerifyOptions } from './verify-types.js';

/** Has the remote read the block's contents again. */
export async function askRemote(context: Context, block: Block, options: VerifyOptions): Promise<Verified> {
  const findings: FindingView[] = [];
  const end = await verifyThere(context, block, options, false, (news) => {
    if (news.kind === 'progress') {
      const { kind: _, ...progress } = news;
      options.report({ kind: 'verified', side: 'remote', ...progress });
    }
    if (news.kind === 'findings') findings.push(...news.findings.map(viewOf));
    if (findings.length > limits.findingsListedMax) {
      throw peerFault(`the remote names over ${limits.findingsListedMax} findings`);
    }
  });
  for (const finding of findings) {
    options.report({ kind: 'problem', problem: { path: finding.path, kind: 'damaged', message: messageOf(finding) } });
  }
  const { files, bytes, damagedInTree, damagedInHistory } = end;
  return { result: { files, bytes, damaged: damagedInTree, damagedInHistory, changed: 0, skipped: 0 }, findings };
}

/** What the remote knows to be damaged, without reading. */
export async function knownOfRemote(
  context: Context,
  block: Block,
  options: VerifyOptions,
): Promise<Pick<SideResult, 'damaged' | 'damagedInHistory'>> {
  const { damagedInTree, damagedInHistory } = await verifyThere(context, block, options, true, () => undefined);
  return { damaged: damagedInTree, damagedInHistory };
}

type Finished = Extract<VerifyNews, { kind: 'finished' }>;

async function verifyThere(
  context: Context,
  block: Block,
  { signal, bytesPerSecond }: VerifyOptions,
  knownOnly: boolean,
  onNews: (news: Exclude<VerifyNews, Finished>) => void,
): Promise<Finished> {
  const connection = await context.connect(block);
  try {
    const wish = verifyWishToWire({ folder: block.target.folder, bytesPerSecond, knownOnly });
    for await (const event of connection.client.verify(wish, signal)) {
      const news = verifyNewsFromWire(event);
      if (news.kind === 'finished') return news;
      onNews(news);
    }
    throw new BtsootError('unreachable', 'the remote ended the verification half way', {
      hint: 'Run it again: it goes on from there.',
    });
  } finally {
    await connection.close();
  }
}

function viewOf({ path, kind, session }: Finding): FindingView {
  return { side: 'remote', path: endOfPath(display(path), limits.problemPathLengthMax), kind, session };
}

function messageOf({ kind, session }: FindingView): string {
  const words = {
    rotten: 'its bytes on the remote are not those that were written',
    unreadable: 'the remote cannot read it',
    missing: 'it has gone from the remote',
    lost: 'it was kept with what is no longer there on the remote',
  } as const;
  return session === 0 ? words[kind] : `the version that session ${session} replaced: ${words[kind]}`;
}
