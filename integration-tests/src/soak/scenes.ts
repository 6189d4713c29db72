import type { Random } from '../harness/random.js';
import { contest } from './contest.js';
import type { Topology } from './layout.js';
import type { Notes } from './notes.js';
import { outage } from './outage.js';
import type { Block, Stage } from './stage.js';
import { trespass } from './trespass.js';
import { twin } from './twin.js';

/** Something that goes on between two spells of random changes, by a script. */
export type Scene = (stage: Stage, random: Random, notes: Notes) => Promise<void>;

interface Scenes {
  /** Agents may be stopped and started. */
  readonly early: readonly Scene[];
  readonly late: readonly Scene[];
}

const killed: Scene = (stage, random, notes) => outage(stage, 'killed', random, notes);
const severed: Scene = (stage, random, notes) => outage(stage, 'severed', random, notes);
const held: Scene = (stage, random, notes) => outage(stage, 'held', random, notes);
const overCable: Scene = (stage, _, notes) => contest(stage, 'cable', notes);
const atRemote: Scene = (stage, _, notes) => contest(stage, 'remote', notes);
const afterLife: Scene = (stage, _, notes) => twin(stage, firstTwo(stage)[0], 'lives', notes);
const afterDeath: Scene = (stage, _, notes) => twin(stage, firstTwo(stage)[0], 'is killed', notes);
const overTheFence: Scene = (stage, _, notes) => trespass(stage, ...firstTwo(stage), notes);

export const SCENES: Readonly<Record<Topology, Scenes>> = {
  pair: { early: [], late: [] },
  'fan-out': { early: [killed], late: [severed, held] },
  'fan-in': { early: [afterDeath, overTheFence, atRemote], late: [overCable, atRemote, afterLife] },
};

function firstTwo({ blocks }: Stage): [Block, Block] {
  return blocks.slice(0, 2) as [Block, Block];
}
