import assert from 'node:assert/strict';
import type { NetworkInterfaceInfo } from 'node:os';
import { test } from 'node:test';
import { reachableAddress } from './addresses.js';
import { missingMount } from './mount.js';
import { bytesText } from './output.js';

function info(address: string, internal = false): NetworkInterfaceInfo {
  const family = address.includes(':') ? { family: 'IPv6' as const, scopeid: 0 } : { family: 'IPv4' as const };
  return { address, netmask: '', mac: '', internal, cidr: null, ...family };
}

test('the address for others is what we listen on, or the likeliest of the machine', () => {
  assert.equal(reachableAddress('192.168.7.1', {}), '192.168.7.1');
  const interfaces = {
    lo: [info('127.0.0.1', true), info('::1', true)],
    docker0: [info('172.17.0.1')],
    eth0: [info('fe80::1'), info('2001:db8::1'), info('192.168.1.5')],
  };
  assert.equal(reachableAddress('0.0.0.0', interfaces), '192.168.1.5');
  assert.equal(reachableAddress('::', { eth0: [info('2001:db8::1')], docker0: [info('172.17.0.1')] }), '2001:db8::1');
  assert.equal(reachableAddress('0.0.0.0', { lo: [info('127.0.0.1', true)] }), '127.0.0.1');
});

test('a mount point of fstab with nothing mounted is found, above the root too', () => {
  const fstab = '# disks\nUUID=1 / ext4 defaults 0 1\nUUID=2 /mnt/back\\040up ext4 nofail 0 2\n/swap none swap sw 0 0\n';
  const idle = '/dev/sda1 / ext4 rw 0 0\nproc /proc proc rw 0 0\n';
  assert.equal(missingMount('/mnt/back up/root', fstab, idle), '/mnt/back up');
  assert.equal(missingMount('/mnt/back up', fstab, idle), '/mnt/back up');
  assert.equal(missingMount('/mnt/back up', fstab, `${idle}/dev/sdb1 /mnt/back\\040up ext4 rw 0 0\n`), null);
  assert.equal(missingMount('/mnt/other', fstab, idle), null);
  assert.equal(missingMount('/mnt/other', '', ''), null);
});

test('sizes for people', () => {
  assert.deepEqual([0, 999, 1000, 1_500_000, 4e12].map(bytesText), ['0 B', '999 B', '1.0 kB', '1.5 MB', '4.0 TB']);
});
