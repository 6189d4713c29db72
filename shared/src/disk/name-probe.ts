import { existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { fromText } from '../model/bytes.js';
import type { NameRules } from '../model/disk-name.js';

/** Everything at once that some file system refuses: where this is a name, anything is, but for folding. */
const ANYTHING = '\xff:?*"<>|\\\n\x01nul. ';
const SUSPECTS = ['"', '*', ':', '<', '>', '?', '\\', '|', '\x7f'];
/** Stands for all of 1 to 31, which are refused together. */
const CONTROL = '\x01';
const [CAPITALS, SMALL] = ['BTSOOT-A', 'btsoot-a'];
const [COMPOSED, DECOMPOSED] = ['btsoot-\u00e9', 'btsoot-e\u0301'];

/**
 * Finds out by trying which names the file system of an empty `folder` takes, and leaves it as it was.
 * @returns null where it takes all
 */
export function probeNames(folder: Buffer): NameRules | null {
  const at = (name: string): Buffer => Buffer.concat([folder, Buffer.from(`/${name}`, 'latin1')]);
  const takes = (name: string): boolean => {
    try {
      writeFileSync(at(name), '', { flag: 'wx' });
    } catch {
      return false;
    }
    const kept = (readdirSync(folder, 'latin1') as string[]).includes(name);
    rmSync(at(name), { force: true });
    return kept;
  };
  const isAlso = (name: string, other: string): boolean => {
    writeFileSync(at(name), '');
    const found = existsSync(at(other));
    rmSync(at(name), { force: true });
    return found;
  };
  const folds = isAlso(CAPITALS, SMALL) || isAlso(fromText(COMPOSED), fromText(DECOMPOSED));
  if (!folds && takes(ANYTHING)) return null;
  const refused = new Set(SUSPECTS.filter((character) => !takes(`a${character}b`)).map((character) => character.charCodeAt(0)));
  if (!takes(`a${CONTROL}b`)) for (let byte = 1; byte < 32; byte++) refused.add(byte);
  return {
    refused,
    unicode: !takes('a\xffb'),
    trimsEnd: !takes('a.') || !takes('a '),
    devices: !takes('nul') || !takes('con.txt'),
    folds,
  };
}
