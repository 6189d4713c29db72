/** Who mirrors what to whom. */
export interface Layout {
  readonly remotes: readonly string[];
  readonly blocks: readonly BlockPlan[];
  /** Whether a source reaches nothing on a remote but its own blocks. */
  readonly granted: boolean;
}

export interface BlockPlan {
  readonly name: string;
  readonly source: string;
  /** A folder of the source's. Several blocks may have the same. */
  readonly tree: string;
  readonly remote: string;
}

export const LAYOUTS = {
  /** A source with three blocks, two of them of the same folder, and two remotes. */
  pair: {
    remotes: ['pi', 'attic'],
    blocks: [
      { name: 'photos', source: 'nas', tree: 'photos', remote: 'pi' },
      { name: 'photos-too', source: 'nas', tree: 'photos', remote: 'attic' },
      { name: 'music', source: 'nas', tree: 'music', remote: 'pi' },
    ],
    granted: false,
  },
  /** One folder to three remotes. */
  'fan-out': {
    remotes: ['pi', 'attic', 'cabin'],
    blocks: ['pi', 'attic', 'cabin'].map((remote) => ({ name: `photos-${remote}`, source: 'nas', tree: 'photos', remote })),
    granted: false,
  },
  /** Four sources to one remote. */
  'fan-in': {
    remotes: ['pi'],
    blocks: ['anna', 'ben', 'cleo', 'dan'].map((source) => ({ name: 'home', source, tree: 'home', remote: 'pi' })),
    granted: true,
  },
} as const satisfies Record<string, Layout>;

export type Topology = keyof typeof LAYOUTS;
