import type { TreePath } from '@btsoot/shared/model/bytes.js';
import type { Place, Step } from '@btsoot/shared/model/step.js';

/** The path that a step is about, as people are told. */
export function pathOfStep(step: Step): TreePath {
  switch (step.kind) {
    case 'move':
      return pathOfPlace(step.to.area === 'tree' ? step.to : step.from);
    case 'remove':
      return pathOfPlace(step.at);
    default:
      return step.path;
  }
}

function pathOfPlace(place: Place): TreePath {
  return place.area === 'tree' ? place.path : (`(aside ${place.slot})` as TreePath);
}
