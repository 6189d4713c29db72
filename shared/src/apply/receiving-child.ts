import { join } from 'node:path';
import { TreeRoot } from '../disk/tree-root.js';
import { Manifest } from '../manifest/manifest.js';
import { fromText } from '../model/bytes.js';
import { Applier } from './applier.js';
import { openArea } from './area.js';
import { resumedContent, resumeOrBegin } from './delivery-fixture.js';

/**
 * For tests: receives one file, going on with what an earlier run has left of it, and tells its parent after each frame how
 * far it is. Arguments: the folder, as `bench` lays it out, and the file's size.
 */
const [home = '', size = ''] = process.argv.slice(2);
const tree = TreeRoot.open(fromText(join(home, 'tree')));
const area = openArea(fromText(join(home, 'area')));
const manifest = Manifest.open(join(home, 'manifest.db'));
const applier = new Applier({
  tree,
  manifest,
  area,
  chown: false,
  hardLinks: true,
  reflinks: false,
  sourceName: 'nas',
  now: () => Date.now() * 1000,
  onCommitted: () => undefined,
});
applier.recover();
await resumeOrBegin(applier, area, resumedContent(Number(size)), (position) => process.send?.(position));
await applier.finish();
process.disconnect();
