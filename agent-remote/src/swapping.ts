import { renameSync, symlinkSync, unlinkSync } from 'node:fs';

/*
 * A process of its own that a test races against: again and again it puts a symlink to another folder in a folder's place,
 * and the folder back. Ends with its stdin.
 */

const [folder = '', elsewhere = ''] = process.argv.slice(2);
const aside = `${folder}.aside`;

function swap(): void {
  try {
    renameSync(folder, aside);
    symlinkSync(elsewhere, folder);
  } catch {
    // Somebody else has moved it just now.
  }
  try {
    unlinkSync(folder);
    renameSync(aside, folder);
  } catch {
    // As above.
  }
}

function swapSome(): void {
  for (let count = 0; count < 20; count++) swap();
  setTimeout(swapSome, 1);
}

process.stdin.resume().on('end', () => process.exit(0));
console.log('swapping');
swapSome();
