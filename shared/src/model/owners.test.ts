import assert from 'node:assert/strict';
import { test } from 'node:test';
import { byName, isOwnerName } from './owners.js';

test('an owner is whoever is called so here, and else keeps the number', () => {
  const names = {
    users: new Map([
      [1000, 'kim'],
      [1001, 'lou'],
    ]),
    groups: new Map([[1000, 'family']]),
  };
  const here = {
    users: new Map([
      ['kim', 501],
      ['family', 9],
    ]),
    groups: new Map([['family', 20]]),
  };
  const owners = byName(names, here);
  assert.deepEqual([owners.uid(1000), owners.uid(1001), owners.uid(7)], [501, 1001, 7]);
  assert.deepEqual([owners.gid(1000), owners.gid(1001)], [20, 1001]);
});

test('what could be taken for a number, an option or a field is no name', () => {
  for (const name of ['kim', '_apt', 'DOMAIN\\kim', 'host$', 'jörg', '3dprint', 'k.i-m@example.org']) {
    assert.equal(isOwnerName(name), true, name);
  }
  for (const name of ['', '0', '1000', '-s', '+', 'a:b', 'a,b', 'a b', 'a\n', 'a/b', '\0', '\ud800', 'é'.repeat(65)]) {
    assert.equal(isOwnerName(name), false, JSON.stringify(name));
  }
});
