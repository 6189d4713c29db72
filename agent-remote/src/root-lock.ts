import { rmSync } from 'node:fs';
import { BtsootError } from '@btsoot/shared/model/errors.js';
import * as z from 'zod';
import { readIfPresent } from './config.js';
import { tryFileLock } from './file-lock.js';
import type { Layout } from './layout.js';
import { writePrivateFile } from './private-file.js';

/** `socket`: where it answers the root's owner, an absolute path. */
const holderSchema = z.object({ pid: z.number(), purpose: z.string(), since: z.string(), socket: z.string().optional() });

/** Who works on a root. `purpose` is a verb phrase, as in "serves it". */
export type RootHolder = z.infer<typeof holderSchema>;

/** Keeps every other process of ours from changing the blocks below a root. Released when the process ends, at the latest. */
export interface RootLock {
  /** Says where the holder answers from now on. */
  answersAt(socket: string): void;
  release(): void;
}

/** @throws BtsootError of kind `busy` that names the process which has the root. */
export function lockRoot(layout: Layout, purpose: string): RootLock {
  const lock = tryFileLock(layout.lockFile, 0);
  if (lock === null) throw heldBy(layout, readHolder(layout));
  const holder: RootHolder = { pid: process.pid, purpose, since: new Date().toISOString() };
  writePrivateFile(layout.holderFile, `${JSON.stringify(holder)}\n`);
  return {
    answersAt(socket) {
      writePrivateFile(layout.holderFile, `${JSON.stringify({ ...holder, socket })}\n`);
    },
    release() {
      try {
        rmSync(layout.holderFile, { force: true });
      } catch {
        // The disk has gone; whoever holds the lock next writes another one.
      }
      lock.release();
    },
  };
}

/** The process that holds the root now, or null. */
export function holderOfRoot(layout: Layout): RootHolder | null {
  const lock = tryFileLock(layout.lockFile, 0);
  if (lock === null) return readHolder(layout) ?? { pid: 0, purpose: 'uses it', since: '' };
  lock.release();
  return null;
}

function readHolder(layout: Layout): RootHolder | null {
  const text = readIfPresent(layout.holderFile);
  if (text === null) return null;
  try {
    return holderSchema.parse(JSON.parse(text));
  } catch {
    return null;
  }
}

function heldBy(layout: Layout, holder: RootHolder | null): BtsootError {
  const who = holder === null ? 'another process uses it' : `process ${holder.pid} ${holder.purpose} since ${holder.since}`;
  return new BtsootError('busy', `${layout.root} is in use: ${who}`, {
    hint: 'Only one remote agent works on a root at a time. Wait for it, or stop it.',
  });
}
