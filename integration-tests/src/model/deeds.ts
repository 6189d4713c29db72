import fc from 'fast-check';

/*
 * What may happen to a block, as plain data. Numbers choose among what there is when it is done, so that a sequence from
 * which some deeds were taken out can still be played: that is what shrinking needs.
 */

/** A change of a tree, by a person or a program: of the source, or by a hand on the remote's disk. */
export type Edit =
  | { readonly kind: 'create'; readonly folder: number; readonly name: number; readonly data: Data }
  | { readonly kind: 'append'; readonly file: number; readonly data: Data }
  | { readonly kind: 'overwrite'; readonly file: number; readonly at: number; readonly data: Data }
  | { readonly kind: 'truncate'; readonly file: number; readonly at: number }
  | { readonly kind: 'stretch'; readonly file: number; readonly by: number }
  | {
      readonly kind: 'replace';
      readonly file: number;
      readonly data: Data;
      readonly keepTime: boolean;
      readonly keepSize: boolean;
    }
  | { readonly kind: 'rename'; readonly entry: number; readonly folder: number; readonly name: number }
  | { readonly kind: 'rotate'; readonly entries: readonly number[] }
  | { readonly kind: 'copy'; readonly entry: number; readonly folder: number; readonly name: number }
  | { readonly kind: 'delete'; readonly entry: number }
  | { readonly kind: 'make-folder'; readonly folder: number; readonly name: number }
  | { readonly kind: 'symlink'; readonly folder: number; readonly name: number; readonly target: number }
  | { readonly kind: 'hard-link'; readonly file: number; readonly folder: number; readonly name: number }
  | { readonly kind: 'retype'; readonly entry: number; readonly to: 'file' | 'directory' | 'symlink' }
  | { readonly kind: 'chmod'; readonly entry: number; readonly mode: number }
  | { readonly kind: 'chown'; readonly entry: number; readonly owner: number }
  | { readonly kind: 'touch'; readonly entry: number; readonly time: number };

/** Bytes: the same numbers, the same bytes. */
export interface Data {
  readonly size: number;
  readonly salt: number;
}

export type Deed =
  | { readonly kind: 'edit'; readonly edit: Edit }
  | { readonly kind: 'hand-edit'; readonly edit: Edit }
  /** Undisturbed: it, or the one after it, must make the trees equal. `process`: by the command, not in this process. */
  | { readonly kind: 'sync'; readonly by: 'engine' | 'process' }
  | { readonly kind: 'dry-run' }
  /** Cut off when so many bytes have crossed: nothing more is asked of it than that nothing is lost. */
  | { readonly kind: 'broken-sync'; readonly afterBytes: number; readonly how: Breaking }
  /** The remote is stopped for a moment, and goes on: that disturbs nothing. */
  | { readonly kind: 'paused-sync'; readonly afterBytes: number }
  /** The source is edited, or the remote's disk added to, while the sync runs. */
  | { readonly kind: 'busy-sync'; readonly afterBytes: number; readonly edit: Edit; readonly side: 'source' | 'mirror' }
  | { readonly kind: 'restart-remote' }
  | { readonly kind: 'restore'; readonly session: number };

export type Breaking = 'cut' | 'kill-remote' | 'kill-source' | 'stop-source';

/** Sizes around every border that the program draws: nothing, a block, the inline limit, the chunking limit. */
const sizes = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(0, 1, 2, 100, 4_095, 4_096, 5_000) },
  { weight: 2, arbitrary: fc.constantFrom(32_767, 32_768, 32_769) },
  { weight: 1, arbitrary: fc.constantFrom(262_143, 262_144, 262_145, 300_000) },
);
/** Few of them are small, so that contents meet again. */
const data: fc.Arbitrary<Data> = fc.record({
  size: sizes,
  salt: fc.oneof({ weight: 1, arbitrary: fc.nat(3) }, { weight: 2, arbitrary: fc.nat(1e9) }),
});
const pick = fc.nat(999);
const share = fc.nat(1_000);

const edits: fc.Arbitrary<Edit> = fc.oneof(
  {
    weight: 16,
    arbitrary: fc.record({ kind: fc.constant('create' as const), folder: pick, name: pick, data }),
  },
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('append' as const), file: pick, data }) },
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('overwrite' as const), file: pick, at: share, data }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('truncate' as const), file: pick, at: share }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('stretch' as const), file: pick, by: fc.nat(300_000) }) },
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('replace' as const),
      file: pick,
      data,
      keepTime: fc.boolean(),
      keepSize: fc.boolean(),
    }),
  },
  { weight: 14, arbitrary: fc.record({ kind: fc.constant('rename' as const), entry: pick, folder: pick, name: pick }) },
  {
    weight: 7,
    arbitrary: fc.record({ kind: fc.constant('rotate' as const), entries: fc.array(pick, { minLength: 2, maxLength: 3 }) }),
  },
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('copy' as const), entry: pick, folder: pick, name: pick }) },
  { weight: 7, arbitrary: fc.record({ kind: fc.constant('delete' as const), entry: pick }) },
  { weight: 8, arbitrary: fc.record({ kind: fc.constant('make-folder' as const), folder: pick, name: pick }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('symlink' as const), folder: pick, name: pick, target: pick }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('hard-link' as const), file: pick, folder: pick, name: pick }) },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('retype' as const),
      entry: pick,
      to: fc.constantFrom('file' as const, 'directory' as const, 'symlink' as const),
    }),
  },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('chmod' as const), entry: pick, mode: pick }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('chown' as const), entry: pick, owner: pick }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('touch' as const), entry: pick, time: pick }) },
);

/** Most of it in the beginning, where the handshakes and the questions are. */
const afterBytes = fc.oneof(
  { weight: 1, arbitrary: fc.nat(6_000) },
  { weight: 2, arbitrary: fc.nat(40_000) },
  { weight: 1, arbitrary: fc.nat(600_000) },
);

const deeds: fc.Arbitrary<Deed> = fc.oneof(
  { weight: 700, arbitrary: fc.record({ kind: fc.constant('edit' as const), edit: edits }) },
  { weight: 80, arbitrary: fc.record({ kind: fc.constant('hand-edit' as const), edit: edits }) },
  { weight: 90, arbitrary: fc.record({ kind: fc.constant('sync' as const), by: fc.constant('engine' as const) }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('sync' as const), by: fc.constant('process' as const) }) },
  { weight: 10, arbitrary: fc.record({ kind: fc.constant('dry-run' as const) }) },
  {
    weight: 30,
    arbitrary: fc.record({ kind: fc.constant('broken-sync' as const), afterBytes, how: fc.constant('cut' as const) }),
  },
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant('broken-sync' as const),
      afterBytes,
      how: fc.constantFrom('kill-remote' as const, 'kill-source' as const, 'stop-source' as const),
    }),
  },
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('paused-sync' as const), afterBytes }) },
  {
    weight: 20,
    arbitrary: fc.record({
      kind: fc.constant('busy-sync' as const),
      afterBytes,
      edit: edits,
      side: fc.constantFrom('source' as const, 'source' as const, 'mirror' as const),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('restart-remote' as const) }) },
  { weight: 7, arbitrary: fc.record({ kind: fc.constant('restore' as const), session: pick }) },
);

/** Sequences of up to so many deeds. */
export function sequences(lengthMax: number): fc.Arbitrary<Deed[]> {
  return fc.array(deeds, { minLength: Math.min(lengthMax, 5), maxLength: lengthMax, size: 'max' });
}
