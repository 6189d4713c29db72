import assert from 'node:assert/strict';
import { test } from 'node:test';
import { limits } from '@btsoot/shared/model/limits.js';
import { type Guest, whoLeaves } from './connections.js';

const { dashboardConnectionsMax: most, dashboardConnectionsPerAddressMax: mostOfOne } = limits;
const HERE = '127.0.0.1';
const LAN = '192.0.2.7';

const guests = (count: number, address: string, isWorking = false): Guest[] =>
  Array.from({ length: count }, () => ({ address, isWorking }));

test('while there is room, nobody leaves', () => {
  assert.equal(whoLeaves([], LAN), null);
  assert.equal(whoLeaves(guests(most - 1, HERE), HERE), null);
  assert.equal(whoLeaves(guests(mostOfOne - 1, LAN), LAN), null);
});

test('from one other machine come only so many, and it is its own oldest that leaves', () => {
  const [working, idle] = [guests(mostOfOne - 1, LAN, true), guests(1, LAN)];
  assert.equal(whoLeaves([...guests(1, '192.0.2.8'), ...idle, ...working], LAN), idle[0]);
  assert.equal(whoLeaves(guests(mostOfOne, LAN, true), LAN), 'newcomer');
  assert.equal(whoLeaves(guests(mostOfOne, LAN, true), '192.0.2.8'), null);
});

test('from this machine may come all of them, a proxy may be among those', () => {
  for (const address of [HERE, '::1', '::ffff:127.0.0.1']) assert.equal(whoLeaves(guests(most - 1, address), address), null);
});

test('of a full house the oldest that says nothing leaves, those of other machines first', () => {
  const [here, there] = [guests(most - 2, HERE), guests(2, LAN)];
  assert.equal(whoLeaves([...here, ...there], HERE), there[0]);
  assert.equal(whoLeaves([...here, ...guests(2, LAN, true)], LAN), here[0]);
  assert.equal(whoLeaves(guests(most, HERE, true), HERE), 'newcomer');
});
