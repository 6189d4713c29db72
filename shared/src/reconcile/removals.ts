import { type PackedSteps, StepPacker } from './packed-steps.js';
import { remove } from './steps.js';
import type { Territory } from './territory.js';
import { Whereabouts } from './whereabouts.js';

/**
 * Removes what no place of the origin claims, each topmost entry with all that is left in it. Called when all moves are
 * ordered: for what is `cleared` before the files that get its names, for what is `unclaimed` at the very end.
 */
export function orderRemovals(territory: Territory, fate: 'cleared' | 'unclaimed'): PackedSteps {
  const whereabouts = new Whereabouts(territory);
  const steps = new StepPacker();
  for (const uprooted of territory.uprooted.values()) {
    if (uprooted.fate !== fate || uprooted.whereabouts !== 'home') continue;
    steps.add(remove(uprooted, whereabouts.pathOf(uprooted.node)));
  }
  return steps.finish();
}
