import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { repository } from './harness/programs.js';

interface LockedPackage {
  readonly optional?: boolean;
  readonly engines?: { readonly npm?: string };
}

/** Debian 13 and Raspberry Pi OS ship npm 9.2, and `npm ci` ends where a package that is not optional asks for a newer one. */
const NPM_MAJOR = 9;

test("npm ci works with Debian 13's npm", () => {
  const { packages } = JSON.parse(readFileSync(join(repository, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, LockedPackage>;
  };
  const asking = Object.entries(packages).filter(([, { engines, optional }]) => engines?.npm !== undefined && optional !== true);
  assert.deepEqual(
    asking.filter(([, { engines }]) => Number(/^(?:>=|\^|~)? *(\d+)/.exec(engines?.npm ?? '')?.[1] ?? Infinity) > NPM_MAJOR),
    [],
  );
});
