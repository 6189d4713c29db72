import { createHash } from 'node:crypto';
import type { Content, Metadata } from '../model/entry.js';
import { specialText } from '../model/special.js';
import type { Expectation, FileStep, HardLinkStep, Place, PlannedStep, Step } from '../model/step.js';

/** 16 hexadecimal digits over every field of every step, in order: two plans that differ in anything differ in this. */
export function planDigest(steps: Iterable<PlannedStep>): string {
  const hash = createHash('sha256');
  for (const { step } of steps) hash.update(`${JSON.stringify(fieldsOf(step))}\n`);
  return hash.digest('hex').slice(0, 16);
}

type Field = string | number | null | readonly Field[];

function fieldsOf(step: Step): Field {
  switch (step.kind) {
    case 'make-directory':
      return [step.kind, step.path, metaFields(step.meta)];
    case 'move':
      return [step.kind, placeField(step.from), placeField(step.to), expectationFields(step.expect)];
    case 'put':
    case 'copy':
      return [step.kind, ...fileFields(step)];
    case 'hard-link':
      return [step.kind, step.existing, ...fileFields(step)];
    case 'link':
      return [step.kind, step.path, metaFields(step.meta), step.target, expectationFields(step.replaces)];
    case 'make-special':
      return [step.kind, step.path, metaFields(step.meta), specialText(step.special), expectationFields(step.replaces)];
    case 'set-metadata':
      return [step.kind, step.path, metaFields(step.meta), step.group ?? null, expectationFields(step.expect)];
    case 'remove':
      return [step.kind, placeField(step.at), expectationFields(step.expect)];
  }
}

function fileFields({ path, meta, content, group, replaces }: FileStep | HardLinkStep): Field[] {
  return [path, metaFields(meta), contentFields(content), group ?? null, expectationFields(replaces)];
}

/** A stash slot is a number, so that no path looks like it. */
function placeField(place: Place): Field {
  return place.area === 'tree' ? place.path : place.slot;
}

function metaFields({ mode, uid, gid, mtimeUs, xattrs }: Metadata): Field {
  return xattrs === '' ? [mode, uid, gid, mtimeUs] : [mode, uid, gid, mtimeUs, xattrs];
}

function contentFields(content: Content | null): Field {
  return content === null ? null : [content.hash, content.sizeBytes];
}

function expectationFields(expectation: Expectation | null): Field {
  return expectation === null ? null : [expectation.kind, contentFields(expectation.content)];
}
