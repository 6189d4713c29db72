import { mirrorOwnFolders } from './own-folders.js';
import { mirrorSampleTree } from './sample.js';

const usage = `usage: npm run demo                    mirrors a sample tree, changes it, and shows what each sync cost
       npm run demo -- SOURCE TARGET   mirrors your own SOURCE, which is only read, into the new or empty folder TARGET`;

const [source, target, ...rest] = process.argv.slice(2);
if (source === undefined) {
  await mirrorSampleTree();
} else if (target === undefined || rest.length > 0 || source.startsWith('-')) {
  console.error(usage);
  process.exitCode = 2;
} else {
  process.exitCode = await mirrorOwnFolders(source, target);
}
