import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { isThere } from './is-there.js';

test('what cannot be looked at is an error, and neither there nor missing', (t) => {
  const dir = mkdtempSync(join(tmpdir(), 'btsoot-there-'));
  t.after(() => rmSync(dir, { recursive: true }));
  writeFileSync(join(dir, 'file'), '');
  symlinkSync('round', join(dir, 'round'));
  assert.equal(isThere(join(dir, 'file')), true);
  assert.equal(isThere(join(dir, 'missing')), false);
  assert.equal(isThere(join(dir, 'file/below')), false);
  assert.throws(() => isThere(join(dir, 'round')), /cannot look at .*round/);
  assert.throws(() => isThere(join(dir, 'x'.repeat(300))), { kind: 'io', message: /ENAMETOOLONG/ });
});
