import type { Question, Region } from '@btsoot/shared/delta/cost.js';
import { readSignature, type Signature, signatureSizeBytes } from '@btsoot/shared/delta/signature.js';
import { limits } from '@btsoot/shared/model/limits.js';
import type { Candidate } from './delivery.js';
import type { Questions } from './signatures.js';

export interface Answers {
  readonly signatures: ReadonlyMap<Question, Signature>;
  /** Candidates that the remote does not have any more. */
  readonly missing: ReadonlySet<number>;
}

interface Request {
  readonly basis: number;
  readonly questions: Question[];
}

export function answerBytes(questions: readonly Question[]): number {
  return questions.reduce((sum, { region }) => sum + signatureSizeBytes(region), 0);
}

/** Asks all at once, and waits for all answers. */
export async function askAll(questions: readonly Question[], candidates: readonly Candidate[], to: Questions): Promise<Answers> {
  const signatures = new Map<Question, Signature>();
  const missing = new Set<number>();
  const asking = requestsOf(questions).map(async ({ basis, questions: some }) => {
    const regions = some.map(({ region }) => region);
    const candidate = candidates[basis] as Candidate;
    const answer = await to.ask({ kind: 'regions', basis: candidate.basis, regions }, answerBytes(some));
    if (answer === null) missing.add(basis);
    else takeApart(answer, some, signatures);
  });
  await Promise.all(asking);
  return { signatures, missing };
}

/** The regions of one request are ascending and apart. Those that overlap others go into another one. */
export function requestsOf(questions: readonly Question[]): Request[] {
  const requests: Request[] = [];
  const open = new Map<number, Request[]>();
  for (const question of [...questions].sort((a, b) => a.region.from - b.region.from)) {
    const lanes = open.get(question.basis) ?? [];
    open.set(question.basis, lanes);
    const free = lanes.findIndex((lane) => endOf(lane.questions.at(-1)?.region) <= question.region.from);
    const lane = lanes[free];
    if (lane !== undefined && lane.questions.length < limits.signatureRegionsPerRequestMax) {
      lane.questions.push(question);
      continue;
    }
    const request = { basis: question.basis, questions: [question] };
    requests.push(request);
    lanes.splice(free < 0 ? lanes.length : free, free < 0 ? 0 : 1, request);
  }
  return requests;
}

function endOf(region: Region | undefined): number {
  return region === undefined ? 0 : region.from + region.lengthBytes;
}

function takeApart(answer: Buffer, questions: readonly Question[], signatures: Map<Question, Signature>): void {
  let at = 0;
  for (const question of questions) {
    const sizeBytes = signatureSizeBytes(question.region);
    signatures.set(question, readSignature(question.region, answer.subarray(at, at + sizeBytes)));
    at += sizeBytes;
  }
}
