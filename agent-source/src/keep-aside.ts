import { constants, copyFileSync, linkSync, mkdirSync, rmdirSync, unlinkSync } from 'node:fs';
import { pathBytes } from '@btsoot/shared/disk/byte-path.js';
import { fsyncDirectory, syncFileSystem } from '@btsoot/shared/disk/durable.js';
import type { TreeRoot } from '@btsoot/shared/disk/tree-root.js';
import type { Manifest } from '@btsoot/shared/manifest/manifest.js';
import { baseName, display, type Name, type TreePath, toBytes } from '@btsoot/shared/model/bytes.js';
import { BtsootError, errnoOf, fromSystemError, isSystemError } from '@btsoot/shared/model/errors.js';
import { limits } from '@btsoot/shared/model/limits.js';
import type { Problem } from '@btsoot/shared/model/progress.js';
import type { Plan, PlannedStep } from '@btsoot/shared/model/step.js';
import { planWithout } from '@btsoot/shared/reconcile/without-steps.js';
import { pathOfStep } from './step-path.js';

/**
 * Where damaged files are kept that a restore replaces, at the root of the source. It is not mirrored. Who is sure that
 * there was nothing new in them may delete it.
 */
export const DAMAGED_FOLDER = '.btsoot-damaged' as Name;

/** A second name of a file that is about to be replaced under some of its names. */
interface Kept {
  /** Rows of these names. */
  readonly ids: readonly number[];
  readonly path: Buffer;
}

/** A step that replaces a damaged file under one of its names. */
interface Replacing {
  readonly index: number;
  readonly targetId: number;
  readonly path: TreePath;
}

/** The damaged files that a restore replaces: somebody may know better what their bytes are. */
export class KeptAside {
  readonly #root: TreeRoot;
  readonly #manifest: Manifest;
  readonly #folder: string;
  readonly #kept: Kept[] = [];

  constructor(root: TreeRoot, manifest: Manifest) {
    this.#root = root;
    this.#manifest = manifest;
    this.#folder = `${root.path}/${DAMAGED_FOLDER}`;
  }

  /**
   * Gives each damaged file that the plan replaces a second name, durably.
   * @returns the plan without the steps that replace what could be given none; with `force`, these stay in it.
   */
  async keep(plan: Plan, force: boolean, report: (problem: Problem) => void): Promise<Plan> {
    const unkept = new Set<number>();
    for (const replacing of this.#replacing(plan)) {
      const ids = replacing.map(({ targetId }) => targetId);
      try {
        // Where it is now: steps before the one that replaces it may move it.
        this.#kept.push({ ids, path: this.#nameAgain(this.#manifest.locate(ids[0] as number).diskPath) });
      } catch (error) {
        const { message } = asReason(error);
        for (const { index, path } of force ? [] : replacing) {
          unkept.add(index);
          const told = `it is damaged, and could not be kept aside (${message}): left as it is (--force gives it up)`;
          report({ path: display(path), kind: 'failed', message: told });
        }
      }
    }
    if (this.#kept.length > 0) {
      await syncFileSystem(
        this.#folder,
        this.#kept.map(({ path }) => path),
      );
      fsyncDirectory(this.#root.path);
    }
    return unkept.size === 0 ? plan : planWithout(plan, unkept);
  }

  /** What is still there under a name of its own needs no second one. */
  releaseUnreplaced(): void {
    const unneeded = this.#kept.filter(({ ids }) => ids.some((id) => this.#manifest.damages.get(id) !== null));
    for (const { path } of unneeded) tolerate(() => unlinkSync(path));
    if (unneeded.length > 0) tolerate(() => rmdirSync(pathBytes(this.#folder)));
  }

  /** The steps that replace damaged files, file by file. */
  #replacing({ steps }: Plan): Iterable<readonly Replacing[]> {
    const files = new Map<string, Replacing[]>();
    for (const [index, planned] of steps.entries()) {
      const { targetId } = planned;
      if (!replacesFile(planned) || targetId === null || this.#manifest.damages.get(targetId) === null) continue;
      const seen = this.#manifest.seen(targetId);
      const key = seen === null || seen.nlink === 1 ? `row ${targetId}` : `${seen.dev}:${seen.ino}`;
      files.set(key, [...(files.get(key) ?? []), { index, targetId, path: pathOfStep(planned.step) }]);
    }
    return files.values();
  }

  #nameAgain(path: TreePath): Buffer {
    mkdirSync(pathBytes(this.#folder), { recursive: true, mode: 0o700 });
    for (let number = 1; number <= limits.damagedKeptMax; number++) {
      const name = `${number}-${baseName(path)}`.slice(0, limits.nameLengthMaxBytes);
      const kept = toBytes(`${this.#folder}/${name}`);
      try {
        this.#root.at(path, (place) => linkOrCopy(place, kept));
        return kept;
      } catch (error) {
        if (errnoOf(error) !== 'EEXIST') throw error;
      }
    }
    const many = `there are ${limits.damagedKeptMax} damaged files of its name in ${DAMAGED_FOLDER}: look at them, and delete some`;
    throw new BtsootError('refused', many);
  }
}

/** Whether the step gives a file's name to a content that is another one, or may be. */
export function replacesFile({ step }: PlannedStep): boolean {
  return (step.kind === 'put' || step.kind === 'copy' || step.kind === 'hard-link') && step.replaces !== null;
}

/** Some file systems have no second names, and a folder may be another file system. */
function linkOrCopy(from: Buffer, to: Buffer): void {
  try {
    linkSync(from, to);
  } catch (error) {
    if (!NO_LINK.has(errnoOf(error) ?? '')) throw error;
    try {
      copyFileSync(from, to, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
    } catch (failure) {
      if (errnoOf(failure) !== 'EEXIST') tolerate(() => unlinkSync(to));
      throw failure;
    }
  }
}

const NO_LINK = new Set(['EPERM', 'ENOTSUP', 'ENOSYS', 'EMLINK', 'EXDEV']);

function asReason(error: unknown): BtsootError {
  if (error instanceof BtsootError || isSystemError(error)) return fromSystemError(error, 'to another name');
  throw error;
}

/** A second name too many is no harm. */
function tolerate(work: () => void): void {
  try {
    work();
  } catch (error) {
    if (!isSystemError(error)) throw error;
  }
}
