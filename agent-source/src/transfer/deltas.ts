import { type Question, questionsFor, signatureSizeBytes } from '@btsoot/shared/delta/cost.js';
import type { Gap, Segment } from '@btsoot/shared/delta/gap.js';
import type { Source } from '@btsoot/shared/delta/matcher.js';
import type { Op } from '@btsoot/shared/delta/op.js';
import { OpList } from '@btsoot/shared/delta/op-list.js';
import type { TreeRoot } from '@btsoot/shared/disk/tree-root.js';
import type { Manifest } from '@btsoot/shared/manifest/manifest.js';
import { contentKey } from '@btsoot/shared/model/entry.js';
import { BtsootError } from '@btsoot/shared/model/errors.js';
import { limits } from '@btsoot/shared/model/limits.js';
import type { FileStep, PlannedStep } from '@btsoot/shared/model/step.js';
import { openSourceFile, SourceChanged, type SourceFile } from '../source-file.js';
import { type Bases, type Choice, gapBytes, type Outline, outlineOf } from './basis.js';
import { type Candidate, type Prepared, prepareDelivery, wholeDelivery } from './delivery.js';
import { matched, probed } from './gaps.js';
import type { RemoteLists } from './remote-lists.js';
import { type Answers, answerBytes, askAll } from './requests.js';
import type { Questions } from './signatures.js';
import { Budget, Turns } from './turns.js';

export interface DeltasOptions {
  readonly sourceRoot: TreeRoot;
  readonly source: Manifest;
  readonly bases: Bases;
  readonly lists: RemoteLists;
  readonly questions: Questions;
  /** Contents whose last delivery did not come to what it should: not one byte of them is copied again. */
  readonly distrusted: ReadonlySet<string>;
}

/** What a file may be made from. */
interface Means {
  readonly choice: Choice;
  /** Candidates, by their keys, that the remote turned out not to have. */
  readonly absent: ReadonlySet<string>;
}

/** Signatures that are asked for and not yet used. */
const SIGNATURES_MAX_BYTES = 8 * 1024 * 1024;
/** Of a file of which more than this share is not found, what cut-off deliveries of other contents have left is looked at too. */
const POOR_SHARE = 0.5;

/**
 * Works out how files are delivered. Several may be worked on at a time: while one waits for the remote's answer, others
 * are read, one after the other.
 */
export class Deltas {
  readonly #o: DeltasOptions;
  readonly #reading = new Turns();
  readonly #signatures = new Budget(SIGNATURES_MAX_BYTES);

  constructor(options: DeltasOptions) {
    this.#o = options;
  }

  /**
   * All ops of a put, and what their bases are.
   * @throws BtsootError where the remote cannot be asked. What cannot be read here is left to whoever sends it.
   */
  async prepare(planned: PlannedStep, step: FileStep, signal: AbortSignal): Promise<Prepared> {
    const choice = this.#o.bases.choose(step);
    if (this.#o.distrusted.has(contentKey(step.content))) return wholeDelivery(step, choice.target);
    try {
      return await this.#prepare(planned, step, { choice, absent: new Set() }, signal);
    } catch (error) {
      const isOwnFile = error instanceof SourceChanged || (error instanceof BtsootError && error !== this.#o.questions.failure);
      if (isOwnFile && !signal.aborted) return wholeDelivery(step, choice.target);
      throw error;
    }
  }

  async #prepare(planned: PlannedStep, step: FileStep, means: Means, signal: AbortSignal): Promise<Prepared> {
    const { target } = means.choice;
    const { candidates, segments } = await this.#outline(means);
    const isWhole = candidates.length === 0 || !segments.some(isGap);
    const known = isWhole ? segments : await this.#read(planned, (file) => probed(segments, candidates, file, signal));
    const asked = new Map(known.filter(isGap).map((gap) => [gap, questionsFor(gap).filter(isAskable)]));
    const questions = [...asked.values()].flat();
    if (questions.length === 0) {
      return prepareDelivery(step, target, candidates, await opsOf(known, async (gap) => [literalOf(gap)]));
    }
    const filled = await this.#signatures.holding(answerBytes(questions), async () => {
      const answers = await askAll(questions, candidates, this.#o.questions);
      // Without an answer, what lists tell still holds.
      if (answers.missing.size > 0 && !this.#o.questions.isSilent) return answers;
      const fill = async (gap: Gap, file: SourceFile): Promise<Op[]> => {
        const sources = sourcesOf(asked.get(gap) ?? [], answers);
        return sources.length === 0 ? [literalOf(gap)] : await matched(gap, sources, file, signal);
      };
      return await this.#read(planned, (file) => opsOf(known, (gap) => fill(gap, file)));
    });
    if (Array.isArray(filled)) return prepareDelivery(step, target, candidates, filled);
    const missing = candidates.filter((_, index) => filled.missing.has(index)).map(keyOf);
    return await this.#prepare(planned, step, { ...means, absent: new Set([...means.absent, ...missing]) }, signal);
  }

  /** What chunk lists tell, where need be those that only the remote has. */
  async #outline({ choice, absent }: Means): Promise<Outline> {
    const { target } = choice;
    const isThere = (candidate: Candidate): boolean => !absent.has(keyOf(candidate));
    const present = choice.candidates.filter(isThere);
    if (target === null) return outlineOf({ ...choice, candidates: present });
    const candidates = await Promise.all(present.map((candidate) => this.#o.lists.completed(candidate)));
    const outline = outlineOf({ ...choice, candidates });
    if (gapBytes(outline.segments) <= POOR_SHARE * choice.sizeBytes) return outline;
    const related = (await this.#o.lists.partialsLike(target)).filter(isThere);
    if (related.length === 0) return outline;
    return outlineOf({ ...choice, candidates: [...candidates, ...related].slice(0, limits.basesPerFileMax - 1) });
  }

  /** One file at a time, and none is open while an answer is waited for. */
  #read<T>(planned: PlannedStep, work: (file: SourceFile) => Promise<T>): Promise<T> {
    return this.#reading.run(async () => {
      const file = openSourceFile(this.#o.sourceRoot, this.#o.source, planned.originId);
      try {
        return await work(file);
      } finally {
        file.close();
      }
    });
  }
}

function isGap(segment: Segment): segment is Gap {
  return segment.kind === 'gap';
}

function isAskable({ region }: Question): boolean {
  return signatureSizeBytes(region) <= limits.signatureSizeMaxBytes;
}

function literalOf({ lengthBytes }: Gap): Op {
  return { kind: 'literal', lengthBytes };
}

async function opsOf(segments: readonly Segment[], fill: (gap: Gap) => Promise<Op[]>): Promise<Op[]> {
  const ops = new OpList();
  for (const segment of segments) {
    for (const op of segment.kind === 'gap' ? await fill(segment) : [segment]) ops.add(op);
  }
  return ops.finish();
}

function sourcesOf(questions: readonly Question[], { signatures }: Answers): Source[] {
  return questions.flatMap((question) => {
    const signature = signatures.get(question);
    return signature === undefined ? [] : [{ basis: question.basis, signature }];
  });
}

function keyOf({ basis }: Candidate): string {
  return `${contentKey(basis.content)} ${basis.partial}`;
}
