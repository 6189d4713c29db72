import { ByteReader, ByteWriter } from '../model/byte-fields.js';
import type { TreePath } from '../model/bytes.js';
import type { Content, Kind, Metadata } from '../model/entry.js';
import type { Special } from '../model/special.js';
import { type Expectation, inTree, type Place, type PlannedStep, type Step } from '../model/step.js';

const STEP_KINDS: readonly Step['kind'][] = [
  'make-directory',
  'move',
  'put',
  'copy',
  'link',
  'hard-link',
  'make-special',
  'set-metadata',
  'remove',
];
const ENTRY_KINDS: readonly Kind[] = ['file', 'directory', 'symlink', 'special'];
const SPECIAL_TYPES: readonly Special['type'][] = ['fifo', 'character', 'block'];

const NOTHING = 0;
const SOMETHING = 1;
const HASH_BYTES = 16;
const GROUP_BYTES = 8;

/** Packs steps one after the other, of each path only what it has not in common with the one before. */
export class StepEncoder {
  readonly #out = new ByteWriter();
  #lastPath = '';

  get lengthBytes(): number {
    return this.#out.length;
  }

  add({ step, originId, targetId, wireBytes, lostEntries }: PlannedStep): void {
    this.#out.byte(STEP_KINDS.indexOf(step.kind));
    this.#step(step);
    // No entry has the id 0.
    this.#out.varint(originId ?? NOTHING);
    this.#out.varint(targetId ?? NOTHING);
    this.#out.varint(wireBytes);
    this.#out.varint(lostEntries);
  }

  /** All that was added, for a `StepDecoder`. Nothing can be added any more. */
  finish(): Buffer {
    return this.#out.finish();
  }

  #step(step: Step): void {
    switch (step.kind) {
      case 'make-directory':
        this.#path(step.path);
        this.#meta(step.meta);
        break;
      case 'move':
        this.#place(step.from);
        this.#place(step.to);
        this.#expectation(step.expect);
        break;
      case 'put':
      case 'copy':
        this.#path(step.path);
        this.#meta(step.meta);
        this.#content(step.content);
        this.#group(step.group);
        this.#expectation(step.replaces);
        break;
      case 'link':
        this.#path(step.path);
        this.#meta(step.meta);
        this.#text(step.target);
        this.#expectation(step.replaces);
        break;
      case 'hard-link':
        this.#path(step.existing);
        this.#path(step.path);
        this.#meta(step.meta);
        this.#content(step.content);
        this.#out.text(step.group, 'hex');
        this.#expectation(step.replaces);
        break;
      case 'make-special':
        this.#path(step.path);
        this.#meta(step.meta);
        this.#out.byte(SPECIAL_TYPES.indexOf(step.special.type));
        this.#out.varint(step.special.major);
        this.#out.varint(step.special.minor);
        this.#expectation(step.replaces);
        break;
      case 'set-metadata':
        this.#path(step.path);
        this.#meta(step.meta);
        this.#group(step.group);
        this.#expectation(step.expect);
        break;
      case 'remove':
        this.#place(step.at);
        this.#expectation(step.expect);
        break;
      default:
        step satisfies never;
    }
  }

  #path(path: TreePath): void {
    const same = commonLength(this.#lastPath, path);
    this.#out.varint(same);
    this.#text(path.slice(same));
    this.#lastPath = path;
  }

  #place(place: Place): void {
    // Slots are numbered from 1.
    this.#out.varint(place.area === 'stash' ? place.slot : NOTHING);
    if (place.area === 'tree') this.#path(place.path);
  }

  #text(text: string): void {
    this.#out.varint(text.length);
    this.#out.text(text, 'latin1');
  }

  #meta({ mode, uid, gid, mtimeUs, xattrs }: Metadata): void {
    this.#out.varint(mode);
    this.#out.varint(uid);
    this.#out.varint(gid);
    this.#out.double(mtimeUs);
    this.#text(xattrs);
  }

  #content({ hash, sizeBytes }: Content): void {
    this.#out.text(hash, 'hex');
    this.#out.varint(sizeBytes);
  }

  #group(group: string | null | undefined): void {
    this.#out.byte(typeof group === 'string' ? SOMETHING : NOTHING);
    if (typeof group === 'string') this.#out.text(group, 'hex');
  }

  #expectation(expectation: Expectation | null): void {
    this.#out.byte(expectation === null ? NOTHING : SOMETHING + ENTRY_KINDS.indexOf(expectation.kind));
    if (expectation === null) return;
    this.#out.byte(expectation.content === null ? NOTHING : SOMETHING);
    if (expectation.content !== null) this.#content(expectation.content);
  }
}

/** Reads what a `StepEncoder` of this very process has made. */
export class StepDecoder {
  readonly #in: ByteReader;
  #lastPath = '';

  constructor(bytes: Buffer) {
    this.#in = new ByteReader(bytes, 'A list of steps');
  }

  /** The next step; undefined when there are no more. */
  next(): PlannedStep | undefined {
    if (this.#in.remaining === 0) return undefined;
    return {
      step: this.#step(STEP_KINDS[this.#in.byte()] as Step['kind']),
      originId: this.#in.varint() || null,
      targetId: this.#in.varint() || null,
      wireBytes: this.#in.varint(),
      lostEntries: this.#in.varint(),
    };
  }

  /** The fields of an object are read in the order in which they are named. */
  #step(kind: Step['kind']): Step {
    switch (kind) {
      case 'make-directory':
        return { kind, path: this.#path(), meta: this.#meta() };
      case 'move':
        return { kind, from: this.#place(), to: this.#place(), expect: this.#expected() };
      case 'put':
      case 'copy':
        return {
          kind,
          path: this.#path(),
          meta: this.#meta(),
          content: this.#content(),
          ...this.#group(),
          replaces: this.#expectation(),
        };
      case 'link':
        return { kind, path: this.#path(), meta: this.#meta(), target: this.#text(), replaces: this.#expectation() };
      case 'hard-link':
        return {
          kind,
          existing: this.#path(),
          path: this.#path(),
          meta: this.#meta(),
          content: this.#content(),
          group: this.#in.text(GROUP_BYTES, 'hex'),
          replaces: this.#expectation(),
        };
      case 'make-special':
        return { kind, path: this.#path(), meta: this.#meta(), special: this.#special(), replaces: this.#expectation() };
      case 'set-metadata':
        return { kind, path: this.#path(), meta: this.#meta(), ...this.#group(), expect: this.#expected() };
      case 'remove':
        return { kind, at: this.#place(), expect: this.#expected() };
      default:
        return kind satisfies never;
    }
  }

  #path(): TreePath {
    this.#lastPath = this.#lastPath.slice(0, this.#in.varint()) + this.#text();
    return this.#lastPath as TreePath;
  }

  #place(): Place {
    const slot = this.#in.varint();
    return slot === NOTHING ? inTree(this.#path()) : { area: 'stash', slot };
  }

  #text(): string {
    return this.#in.text(this.#in.varint(), 'latin1');
  }

  #meta(): Metadata {
    return {
      mode: this.#in.varint(),
      uid: this.#in.varint(),
      gid: this.#in.varint(),
      mtimeUs: this.#in.double(),
      xattrs: this.#text(),
    };
  }

  #content(): Content {
    return { hash: this.#in.text(HASH_BYTES, 'hex'), sizeBytes: this.#in.varint() };
  }

  #group(): { readonly group?: string } {
    return this.#in.byte() === NOTHING ? {} : { group: this.#in.text(GROUP_BYTES, 'hex') };
  }

  #special(): Special {
    return {
      type: SPECIAL_TYPES[this.#in.byte()] as Special['type'],
      major: this.#in.varint(),
      minor: this.#in.varint(),
    };
  }

  #expected(): Expectation {
    return this.#expectation() as Expectation;
  }

  #expectation(): Expectation | null {
    const code = this.#in.byte();
    if (code === NOTHING) return null;
    const kind = ENTRY_KINDS[code - SOMETHING] as Kind;
    return { kind, content: this.#in.byte() === NOTHING ? null : this.#content() };
  }
}

function commonLength(a: string, b: string): number {
  const most = Math.min(a.length, b.length);
  let length = 0;
  while (length < most && a.charCodeAt(length) === b.charCodeAt(length)) length++;
  return length;
}
