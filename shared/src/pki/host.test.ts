import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isHost } from './host.js';

test('addresses and names of hosts are told from what can be neither', () => {
  for (const host of [
    'pi',
    'pi.lan',
    'pi.lan.',
    'my_pi',
    'xn--bcher-kva.example',
    '192.168.1.2',
    '::1',
    'fe80::1%eth0',
    '3com.com',
  ])
    assert.equal(isHost(host), true, host);
  for (const text of [
    '',
    '.',
    'not a host',
    'pi..lan',
    '-pi',
    'pi-',
    'pi:7713',
    '[::1]',
    'http://pi',
    '300.1.1.1',
    '7713',
    'bücher',
  ])
    assert.equal(isHost(text), false, text);
  assert.equal(isHost('a'.repeat(63)), true);
  assert.equal(isHost('a'.repeat(64)), false);
  assert.equal(isHost(Array.from({ length: 64 }, () => 'abcd').join('.')), false);
});
