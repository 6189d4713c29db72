import { metadataOf, withinTree } from '../disk/seen.js';
import type { Manifest } from '../manifest/manifest.js';
import { joinPath, type Name } from '../model/bytes.js';
import { type Content, type FileNode, sameContent } from '../model/entry.js';
import type { Seen } from '../model/seen.js';
import { NO_XATTRS } from '../model/xattrs.js';
import { isRacy, smudged } from './granularity.js';
import type { Answer, Reading } from './hash-queue.js';
import type { Rows } from './rows.js';
import type { Tally } from './tally.js';
import { verdictOn } from './verdict.js';
import type { Visit } from './visit.js';
import type { ListedXattrs } from './xattrs.js';

/** Which entry a reading is for. */
export interface Asker {
  readonly visit: Visit;
  readonly name: Name;
  readonly diskName: Name;
  /** Null for a file that has no row yet. */
  readonly rowId: number | null;
  /** As its directory's listing saw it, and what was read of its extended attributes then. */
  readonly listed: ListedXattrs;
}

export interface AnswerTools {
  readonly manifest: Manifest;
  readonly rows: Rows;
  readonly tally: Tally;
  readonly rootDev: bigint;
}

/** It was there when its directory was listed, and was removed or replaced before it was opened. */
const VANISHED = new Set(['ENOENT', 'ENOTDIR', 'ELOOP', 'ESTALE', 'ECANCELED']);

type Read = Extract<Reading, { kind: 'read' }>;

/** Writes what readings have found into the entries' rows. Runs inside a transaction. */
export function recordAnswers(tools: AnswerTools, answers: readonly Answer<Asker>[]): void {
  let some: NewcomerAnswer[] = [];
  for (const answer of answers) {
    if (isNewcomer(tools, answer)) {
      if (some[0] !== undefined && some[0].asker.visit !== answer.asker.visit) some = recordNewcomers(tools, some);
      some.push(answer);
    } else {
      some = recordNewcomers(tools, some);
      recordAnswer(tools, answer);
    }
  }
  recordNewcomers(tools, some);
}

interface NewcomerAnswer {
  readonly asker: Asker;
  readonly reading: Read;
}

/** Of a file that is new, has one name, and nothing else to be written than its row. */
function isNewcomer({ manifest }: AnswerTools, answer: Answer<Asker>): answer is NewcomerAnswer {
  const { asker, reading } = answer;
  if (asker.rowId !== null || reading.kind !== 'read' || reading.chunks !== null || reading.seen.nlink > 1) return false;
  return asker.diskName === asker.name && !manifest.diskNames.any;
}

/** All of one visit. @returns none that are still to be recorded */
function recordNewcomers(tools: AnswerTools, answers: readonly NewcomerAnswer[]): NewcomerAnswer[] {
  const [first] = answers;
  if (first === undefined) return [];
  const { visit } = first.asker;
  const files = answers.map(({ asker, reading }) => {
    const { name, listed } = asker;
    const seen = trusted(tools, asker, reading);
    return { name, meta: metadataOf(seen, listed.xattrs ?? NO_XATTRS), content: reading.content, seen };
  });
  if (tools.rows.newFiles(visit.task.id, files)) tools.rows.finishParts(visit, answers.length);
  else for (const answer of answers) recordAnswer(tools, answer);
  return [];
}

function recordAnswer(tools: AnswerTools, { asker, reading }: Answer<Asker>): void {
  const { visit } = asker;
  switch (reading.kind) {
    case 'read':
      recordContent(tools, asker, reading);
      break;
    case 'unstable':
      recordUnknown(tools, asker, 'kept changing while it was read');
      break;
    case 'unreadable':
      // The next scan finds what has become of it; until then its row says what was last known.
      if (VANISHED.has(reading.error)) visit.dirty = true;
      else recordUnknown(tools, asker, `cannot be read (${reading.error})`);
      break;
    default:
      reading satisfies never;
  }
  tools.rows.finishParts(visit, 1);
}

function recordContent(tools: AnswerTools, asker: Asker, reading: Read): void {
  const seen = trusted(tools, asker, reading);
  const { content, chunks } = reading;
  // What the other side knows of a content that is here already goes by the list that it has.
  if (write(tools, asker, content, seen) && chunks !== null && tools.manifest.chunks(content) === null)
    tools.manifest.setChunks(content, chunks);
}

/** What is kept of the stat that a file was read under. */
function trusted({ rootDev }: AnswerTools, asker: Asker, reading: Read): Seen {
  const seen = withinTree(reading.seen, rootDev);
  // Whatever happened to the file since its directory was listed, may have happened to its extended attributes too.
  if (!isRacy(seen, reading.atMs) && seen.ctimeNs === asker.listed.now.ctimeNs) return seen;
  asker.visit.dirty = true;
  return smudged(seen);
}

function recordUnknown(tools: AnswerTools, asker: Asker, message: string): void {
  asker.visit.dirty = true;
  tools.tally.problem(joinPath(asker.visit.task.path, asker.name), 'unknown', message);
  write(tools, asker, null, asker.listed.now);
}

/** Answers whether a row has the content now. */
function write({ manifest, rows }: AnswerTools, asker: Asker, content: Content | null, seen: Seen): boolean {
  const { visit, name, rowId } = asker;
  const { xattrs } = asker.listed;
  // A directory that is renamed while it is scanned may be visited twice, and its new files be answered for twice.
  const row = rowId === null ? manifest.child(visit.task.id, name) : manifest.row(rowId);
  if (row === undefined) {
    const id = rows.newFile(visit.task.id, name, content, seen, xattrs ?? NO_XATTRS);
    rows.noteDiskName(id, name, asker.diskName);
  } else if (row.kind === 'file') {
    const before = manifest.seen(row.id);
    if (isRotten(manifest, row, before, asker.listed.now, content)) rows.markRotten(row, before, { now: seen, xattrs });
    else rows.refresh(row, before, { now: seen, xattrs }, { content });
  } else {
    visit.dirty = true;
    return false;
  }
  return true;
}

/**
 * A stat that nothing has touched vouches for the bytes that were read under it: others are nobody's work but the disk's.
 * Where inode numbers are unstable, it may be another file.
 */
function isRotten(manifest: Manifest, row: FileNode, before: Seen | null, now: Seen, content: Content | null): boolean {
  if (content === null || before?.ino !== now.ino || verdictOn(before, now, false) === 'changed') return false;
  const expected = row.content ?? manifest.damages.get(row.id)?.expected ?? null;
  return expected !== null && !sameContent(expected, content);
}
