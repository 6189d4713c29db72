import { display, type TreePath } from '@btsoot/shared/model/bytes.js';
import type { Finding } from '@btsoot/shared/model/damage.js';
import { BtsootError } from '@btsoot/shared/model/errors.js';
import { type VerifyNews, verifyNewsFromWire, verifyWishToWire } from '@btsoot/shared/wire/convert.js';
import { BlockStore, listBlocks } from '../blocks.js';
import { identifyLocal } from '../caller.js';
import { type Layout, layoutOf } from '../layout.js';
import { openLog } from '../log.js';
import { bytesText, explain, print } from '../output.js';
import { holderOfRoot, lockRoot, type RootHolder } from '../root-lock.js';
import { Scrubber } from '../scrubber.js';
import { SessionTable } from '../session.js';
import { stopRequested } from '../stop.js';
import { VerifyDoor, verifyBlock } from '../verifying.js';
import { requireRoot } from './init.js';

export interface ScrubCommand {
  readonly root: string;
  /** Null: all. */
  readonly block: TreePath | null;
  /** Null: as fast as it goes. */
  readonly bytesPerSecond: number | null;
}

/** It stops with whoever waits for it. */
const NEVER = new AbortController().signal;

type Verify = (folder: TreePath, signal: AbortSignal) => AsyncIterable<VerifyNews>;

/** Reads contents again: has the serving process do it, or does it here where none serves. Returns whether all is good. */
export async function scrub(command: ScrubCommand): Promise<boolean> {
  const layout = layoutOf(command.root);
  requireRoot(layout);
  const blocks = command.block === null ? listBlocks(layout) : [command.block];
  if (blocks.length === 0) explain('There are no blocks yet.');
  const stop = new AbortController();
  void stopRequested({ onStdinEnd: false }).then(() => {
    stop.abort(new BtsootError('cancelled', 'it was asked to stop', { hint: 'The next scrub goes on from there.' }));
  });
  const holder = holderOfRoot(layout);
  const { verify, close } = holder === null ? scrubHere(layout, command) : await scrubThere(layout, command, holder);
  try {
    let isGood = true;
    for (const folder of blocks) isGood = (await scrubBlock(folder, verify, stop.signal)) && isGood;
    return isGood;
  } finally {
    await close();
  }
}

function scrubHere(layout: Layout, { bytesPerSecond }: ScrubCommand): { verify: Verify; close(): Promise<void> } {
  const lock = lockRoot(layout, 'reads its contents again');
  const blocks = new BlockStore(layout);
  const sessions = new SessionTable();
  const log = openLog('warn');
  const scrubber = new Scrubber({ blocks, sessions, log });
  const here = { blocks, sessions, log, scrubber, verifying: new VerifyDoor(), identify: identifyLocal, stopping: NEVER };
  return {
    verify: (folder, signal) => {
      const wish = { folder, bytesPerSecond, knownOnly: false };
      return verifyBlock(here, wish, { signal, fingerprint: null, peer: 'here' });
    },
    async close() {
      await scrubber.settled();
      blocks.close();
      lock.release();
    },
  };
}

async function scrubThere(layout: Layout, { bytesPerSecond }: ScrubCommand, holder: RootHolder) {
  if (holder.socket === undefined) {
    throw new BtsootError('busy', `${layout.root} is in use: process ${holder.pid} ${holder.purpose} since ${holder.since}`, {
      hint: 'It does not answer on this machine. Wait for it, or stop it; or let it scrub by its timetable (scrub_every_days).',
    });
  }
  const { RemoteClient } = await import('@btsoot/shared/wire/client.js');
  const client = RemoteClient.connect({ kind: 'unix', path: holder.socket });
  const verify: Verify = async function* (folder, signal) {
    const wish = verifyWishToWire({ folder, bytesPerSecond, knownOnly: false });
    for await (const event of client.verify(wish, signal)) yield verifyNewsFromWire(event);
  };
  return { verify, close: async () => client.close() };
}

const lineEveryMs = 10_000;

async function scrubBlock(folder: TreePath, verify: Verify, signal: AbortSignal): Promise<boolean> {
  let printedMs = 0;
  for await (const news of verify(folder, signal)) {
    switch (news.kind) {
      case 'progress':
        if (performance.now() - printedMs < lineEveryMs) break;
        printedMs = performance.now();
        explain(`${display(folder)}: ${progressText(news)}`);
        break;
      case 'findings':
        for (const finding of news.findings) print(`  ${findingText(finding)}`);
        break;
      case 'finished': {
        const damaged = news.damagedInTree + news.damagedInHistory;
        const read = `${news.files} files read, ${bytesText(news.bytes)}`;
        const found = `${news.damagedInTree} damaged in the mirror, ${news.damagedInHistory} in history`;
        print(`${display(folder)}: ${damaged === 0 ? 'good' : found} (${read})`);
        if (news.damagedInTree > 0) explain('  The next sync replaces what is damaged in the mirror.');
        return damaged === 0;
      }
      default:
        news satisfies never;
    }
  }
  // It ends without a word where its caller has stopped it.
  signal.throwIfAborted();
  throw new BtsootError('unreachable', 'the serving process ended before the scrub did', { hint: 'Run it again: it goes on.' });
}

function progressText({ files, filesTotal, bytes, bytesTotal, paused }: Extract<VerifyNews, { kind: 'progress' }>): string {
  const text = `${files} of ${filesTotal} files, ${bytesText(bytes)} of ${bytesText(bytesTotal)}`;
  return paused ? `${text}, waiting` : text;
}

function findingText({ path, kind, session }: Finding): string {
  return session === 0 ? `${kind}: ${display(path)}` : `${kind}: ${display(path)}, as it was before session ${session}`;
}
