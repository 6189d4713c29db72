import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fromText, type TreePath } from '@btsoot/shared/model/bytes.js';
import { failsAs } from './fixture.js';
import { describeGrants, isGranted, parseGrants } from './grants.js';

const path = (text: string): TreePath => fromText(text) as TreePath;

test('no grant at all means everything', () => {
  assert.equal(isGranted(parseGrants([]), path('photos')), true);
  assert.equal(describeGrants(parseGrants([])), 'everything');
});

test('a grant reaches its folder and what is in it, and nothing that is only called alike', () => {
  const grants = parseGrants(['photos/', '/Müsik/neu']);
  for (const folder of ['photos', 'photos/2024', 'Müsik/neu', 'Müsik/neu/er'])
    assert.equal(isGranted(grants, path(folder)), true, folder);
  for (const folder of ['', 'photos2', 'photo', 'Photos', 'Müsik', 'Müsik/neuer', 'x/photos'])
    assert.equal(isGranted(grants, path(folder)), false, folder);
});

test('what is no folder below the root is refused', () => {
  for (const folder of ['..', 'a/../b', 'a//b', './a', 'a\0b']) assert.throws(() => parseGrants([folder]), failsAs('invalid'));
});

test('a grant without a name is refused: it is not a wish for everything', () => {
  for (const folders of [[''], ['/'], ['photos', '']]) assert.throws(() => parseGrants(folders), failsAs('invalid', /no name/));
});
