import { requireConfig } from '../config.js';
import { describeGrants } from '../grants.js';
import { layoutOf } from '../layout.js';
import { explain, print } from '../output.js';
import { SourceRegistry } from '../sources.js';

export function sources({ root }: { readonly root: string }): void {
  const layout = layoutOf(root);
  requireConfig(layout);
  const known = new SourceRegistry(layout.sourcesFile).list();
  if (known.length === 0) explain('No source is paired yet. Pair one with `btsoot-remote pair`.');
  for (const { name, fingerprint, pairedAt, revokedAt, grants } of known) {
    const state = revokedAt === null ? `paired ${pairedAt}` : `revoked ${revokedAt}`;
    print(`${name}  ${state}  may reach: ${describeGrants(grants)}  certificate ${fingerprint.slice(0, 16)}`);
  }
}

export function revoke({ root, name }: { readonly root: string; readonly name: string }): void {
  const layout = layoutOf(root);
  requireConfig(layout);
  new SourceRegistry(layout.sourcesFile).revoke(name, new Date());
  print(`Revoked "${name}": it reaches nothing here any more. What it stored stays.`);
}
