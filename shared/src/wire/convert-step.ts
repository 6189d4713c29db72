import type { TreePath } from '../model/bytes.js';
import { isWithin, toBytes } from '../model/bytes.js';
import type { Delivery } from '../model/delivery.js';
import type { Content, Metadata } from '../model/entry.js';
import { limits } from '../model/limits.js';
import { parseTreePath } from '../model/names.js';
import type { Expectation, FileStep, HardLinkStep, Place, Step } from '../model/step.js';
import { deliveryFromWire, deliveryToWire } from './convert-delivery.js';
import {
  contentFromWire,
  contentToWire,
  groupFromWire,
  groupToWire,
  kindFromWire,
  kindToWire,
  metadataFromWire,
  metadataToWire,
} from './convert-entry.js';
import { specialFromWire, specialToWire } from './convert-special.js';
import { integer, invalid, linkTarget, pathBelowRoot, required } from './fields.js';
import type {
  WireExpectation,
  WireExpectation__Output,
  WirePlace,
  WirePlace__Output,
  WireStep,
  WireStep__Output,
} from './messages.js';

/** A step with what came beside it. */
export interface StepWithData {
  readonly step: Step;
  /**
   * A put's whole content, up to `limits.inlineSizeMaxBytes`; null where its bytes follow, and for all other steps. An
   * empty file's is never null.
   */
  readonly inline: Buffer | null;
  /** How the bytes of a put come that follow; null where they come as they are, and for all other steps. */
  readonly delivery: Delivery | null;
}

/** As it comes in a batch whose packed contents are not unpacked yet. */
export interface ArrivedStep {
  readonly step: Step;
  readonly inline: Buffer | 'packed' | null;
  readonly delivery: Delivery | null;
}

export function stepToWire({ step, inline, delivery }: ArrivedStep): WireStep {
  switch (step.kind) {
    case 'make-directory':
      return { makeDirectory: placed(step) };
    case 'move':
      return { move: { from: placeToWire(step.from), to: placeToWire(step.to), expect: expectationToWire(step.expect) } };
    case 'put': {
      const put = fileToWire(step);
      if (inline === 'packed') return { put: { ...put, packed: true } };
      if (inline !== null) return { put: { ...put, inline } };
      return { put: delivery === null ? put : { ...put, delivery: deliveryToWire(delivery) } };
    }
    case 'copy':
      return { copy: fileToWire(step) };
    case 'hard-link':
      return { hardLink: { ...fileToWire(step), existing: toBytes(step.existing) } };
    case 'link':
      return { link: { ...placed(step), target: toBytes(step.target), replaces: replacedToWire(step.replaces) } };
    case 'make-special': {
      const special = specialToWire(step.special);
      return { makeSpecial: { ...placed(step), special, replaces: replacedToWire(step.replaces) } };
    }
    case 'set-metadata':
      return { setMetadata: { ...placed(step), expect: expectationToWire(step.expect), ...groupToWire(step.group) } };
    case 'remove':
      return { remove: { at: placeToWire(step.at), expect: expectationToWire(step.expect) } };
    default:
      return step satisfies never;
  }
}

/**
 * Checks all that can be known without looking at the tree: names, ranges, lengths, and that all parts are there.
 * @throws BtsootError of kind `invalid`, and never anything else.
 */
export function stepFromWire(wire: WireStep__Output): ArrivedStep {
  if (wire.step === 'put') return readPut(required(wire.put, 'a put'));
  return { step: readStep(wire), inline: null, delivery: null };
}

function readStep(wire: WireStep__Output): Step {
  switch (wire.step) {
    case 'makeDirectory': {
      const it = required(wire.makeDirectory, 'a make-directory');
      return { kind: 'make-directory', ...readPlaced(it) };
    }
    case 'move':
      return readMove(required(wire.move, 'a move'));
    case 'copy': {
      const it = required(wire.copy, 'a copy');
      return { kind: 'copy', ...readFile(it) };
    }
    case 'hardLink':
      return readHardLink(required(wire.hardLink, 'a hard-link'));
    case 'link': {
      const it = required(wire.link, 'a link');
      return { kind: 'link', ...readPlaced(it), target: linkTarget(it.target), replaces: readReplaced(it.replaces) };
    }
    case 'makeSpecial': {
      const it = required(wire.makeSpecial, 'a make-special');
      const special = specialFromWire(it.special);
      return { kind: 'make-special', ...readPlaced(it), special, replaces: readReplaced(it.replaces) };
    }
    case 'setMetadata': {
      const it = required(wire.setMetadata, 'a set-metadata');
      const path = parseTreePath(it.path);
      const expect = readExpectation(it.expect);
      const group = readGroup(it.linkGroup);
      if (expect.kind !== 'file' && group.group !== undefined) throw invalid(`a ${expect.kind} is of a group of names`);
      return { kind: 'set-metadata', path, meta: metadataFromWire(it.meta), ...group, expect };
    }
    case 'remove': {
      const it = required(wire.remove, 'a remove');
      return { kind: 'remove', at: readPlace(it.at), expect: readExpectation(it.expect) };
    }
    default:
      throw invalid('a step says nothing to do');
  }
}

function readPut(it: NonNullable<WireStep__Output['put']>): ArrivedStep {
  const step: FileStep = { kind: 'put', ...readFile(it) };
  const inline = readInline(it, step.content.sizeBytes);
  if (it.delivery === null) return { step, inline, delivery: null };
  if (inline !== null) throw invalid('a put says how its bytes follow, and none do');
  return { step, inline, delivery: deliveryFromWire(it.delivery, step) };
}

function readInline({ inline, packed }: NonNullable<WireStep__Output['put']>, sizeBytes: number): Buffer | 'packed' | null {
  if (inline.length > limits.inlineSizeMaxBytes) throw invalid(`a put holds ${inline.length} bytes inline, over the limit`);
  if (inline.length > 0 && inline.length !== sizeBytes) {
    throw invalid(`a put holds ${inline.length} bytes inline of a content of ${sizeBytes}`);
  }
  if (!packed) return inline.length === sizeBytes ? inline : null;
  if (inline.length > 0) throw invalid('the bytes of a put are inline and packed');
  integer(sizeBytes, "a packed file's size", 1, limits.inlineSizeMaxBytes);
  return 'packed';
}

function readHardLink(it: NonNullable<WireStep__Output['hardLink']>): HardLinkStep {
  const { group, ...file } = readFile(it);
  const existing = pathBelowRoot(it.existing);
  if (existing === file.path) throw invalid('a hard link to itself');
  if (group === undefined) throw invalid('a hard link is of no group of names');
  return { kind: 'hard-link', ...file, existing, group };
}

function readMove(it: NonNullable<WireStep__Output['move']>): Step & { kind: 'move' } {
  const from = readPlace(it.from);
  const to = readPlace(it.to);
  if (from.area === 'tree' && to.area === 'tree' && isWithin(to.path, from.path)) throw invalid('a move into itself');
  if (from.area === 'stash' && to.area === 'stash') throw invalid('a move from stash to stash');
  return { kind: 'move', from, to, expect: readExpectation(it.expect) };
}

function fileToWire(step: FileStep | HardLinkStep) {
  const content = contentToWire(step.content);
  return { ...placed(step), content, replaces: replacedToWire(step.replaces), ...groupToWire(step.group) };
}

type WireFile = NonNullable<WireStep__Output['copy' | 'put' | 'hardLink']>;

function readFile(it: WireFile): Omit<FileStep, 'kind' | 'group'> & { readonly group?: string } {
  const content = contentFromWire(it.content);
  return { ...readPlaced(it), content, ...readGroup(it.linkGroup), replaces: readReplaced(it.replaces) };
}

/** Left out where there is none, as in most steps. */
function readGroup(bytes: Buffer): { group?: string } {
  const group = groupFromWire(bytes);
  return group === null ? {} : { group };
}

function placed(step: { path: TreePath; meta: Metadata }) {
  return { path: toBytes(step.path), meta: metadataToWire(step.meta) };
}

function readPlaced(it: { path: Buffer; meta: Parameters<typeof metadataFromWire>[0] }): { path: TreePath; meta: Metadata } {
  return { path: pathBelowRoot(it.path), meta: metadataFromWire(it.meta) };
}

function placeToWire(place: Place): WirePlace {
  return place.area === 'tree' ? { path: toBytes(place.path) } : { stashSlot: place.slot };
}

function readPlace(wire: WirePlace__Output | null): Place {
  const place = required(wire, 'a place');
  switch (place.place) {
    case 'path':
      return { area: 'tree', path: pathBelowRoot(required(place.path, 'a path')) };
    case 'stashSlot':
      return { area: 'stash', slot: integer(required(place.stashSlot, 'a stash slot'), 'a stash slot', 1, 0xffff_ffff) };
    default:
      throw invalid('a place says neither path nor stash slot');
  }
}

function expectationToWire(expect: Expectation): WireExpectation {
  return { kind: kindToWire(expect.kind), content: expect.content === null ? null : contentToWire(expect.content) };
}

function replacedToWire(replaces: Expectation | null): WireExpectation | null {
  return replaces === null ? null : expectationToWire(replaces);
}

function readExpectation(wire: WireExpectation__Output | null): Expectation {
  const expect = required(wire, 'what a step expects to find');
  const kind = kindFromWire(expect.kind);
  const content: Content | null = expect.content === null ? null : contentFromWire(expect.content);
  if (kind !== 'file' && content !== null) throw invalid(`a step expects a ${kind} with a content`);
  return { kind, content };
}

function readReplaced(wire: WireExpectation__Output | null): Expectation | null {
  if (wire === null) return null;
  const replaces = readExpectation(wire);
  if (replaces.kind === 'directory') throw invalid('a step would replace a directory');
  return replaces;
}
