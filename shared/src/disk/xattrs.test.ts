import assert from 'node:assert/strict';
import { chmodSync, chownSync, lstatSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { getAttributeSync, listAttributesSync, setAttributeSync } from 'fs-xattr';
import type { Kind } from '../model/entry.js';
import { ACCESS_ACL, DEFAULT_ACL, packXattrs, type Xattr } from '../model/xattrs.js';
import { probe } from './capabilities.js';
import { applyMetadata, withInode } from './metadata.js';
import { readXattrs } from './xattrs.js';

const isRoot = process.geteuid?.() === 0;
const skip = probe(tmpdir()).xattrs ? false : `the file system of ${tmpdir()} has no extended attributes`;
const rootOnly = skip || (isRoot ? false : 'only root may set these');

function folder(t: TestContext): string {
  const dir = mkdtempSync(join(tmpdir(), 'btsoot-xattrs-'));
  t.after(() => rmSync(dir, { recursive: true }));
  return dir;
}

const text = (name: string, value: string): Xattr => ({ name, value: Buffer.from(value) });

/** As linux/posix_acl_xattr.h has it: owner, one more user, group, mask, others. */
function acl(owner: number, user: number, group: number, mask: number, other: number): Buffer {
  const nobody = 0xffff_ffff;
  const entries = [
    [1, owner, nobody],
    [2, user, 1234],
    [4, group, nobody],
    [16, mask, nobody],
    [32, other, nobody],
  ] as const;
  const bytes = Buffer.alloc(4 + 8 * entries.length);
  bytes.writeUInt32LE(2, 0);
  for (const [index, [tag, rights, id]] of entries.entries()) {
    bytes.writeUInt16LE(tag, 4 + 8 * index);
    bytes.writeUInt16LE(rights, 6 + 8 * index);
    bytes.writeUInt32LE(id, 8 + 8 * index);
  }
  return bytes;
}

const own = { uid: process.geteuid?.() ?? 0, gid: process.getegid?.() ?? 0, mtimeUs: 1_600_000_000_123_456 };
const read = (path: string): unknown => withInode(Buffer.from(path, 'latin1'), readXattrs);
const give = (path: string, kind: Kind, mode: number, xattrs: readonly Xattr[], isNew = false): void =>
  applyMetadata(Buffer.from(path, 'latin1'), kind, { ...own, mode, xattrs: packXattrs(xattrs) }, { chown: true, isNew });

test('attributes, an ACL and a read-only mode are set together, and others are removed', { skip }, (t) => {
  const path = join(folder(t), 'file');
  writeFileSync(path, 'x');
  setAttributeSync(path, 'user.stranger', Buffer.from('goes'));
  const wanted = [
    text('user.empty', ''),
    text('user.\xc3\xa9', 'accent'),
    { name: 'user.bytes', value: Buffer.from([0, 255, 10]) },
    { name: ACCESS_ACL, value: acl(4, 6, 4, 4, 0) },
  ];
  give(path, 'file', 0o440, wanted);
  assert.deepEqual(read(path), { xattrs: packXattrs(wanted), leftOut: 0 });
  assert.equal(lstatSync(path).mode & 0o7777, 0o440);
  assert.equal(getAttributeSync(path, 'user.é').toString(), 'accent');
  assert.equal(Number(lstatSync(path, { bigint: true }).mtimeNs / 1000n), own.mtimeUs);

  give(path, 'file', 0o400, [text('user.empty', 'no more')]);
  assert.deepEqual(listAttributesSync(path), ['user.empty']);
  assert.equal(lstatSync(path).mode & 0o7777, 0o400);
});

test('a directory has a default ACL beside its own, and keeps both when its mode is given back', { skip }, (t) => {
  const path = join(folder(t), 'directory');
  mkdirSync(path);
  const wanted = [
    { name: ACCESS_ACL, value: acl(7, 7, 5, 7, 0) },
    { name: DEFAULT_ACL, value: acl(7, 5, 5, 5, 0) },
  ];
  give(path, 'directory', 0o2770, wanted, true);
  assert.deepEqual(read(path), { xattrs: packXattrs(wanted), leftOut: 0 });
  chmodSync(path, 0o2700);
  give(path, 'directory', 0o2770, wanted);
  assert.deepEqual(read(path), { xattrs: packXattrs(wanted), leftOut: 0 });
  assert.equal(lstatSync(path).mode & 0o7777, 0o2770);
});

test('capabilities and trusted attributes, of a symlink too, outlast a chown', { skip: rootOnly }, (t) => {
  const dir = folder(t);
  const [file, link] = [join(dir, 'file'), join(dir, 'link')];
  writeFileSync(file, 'x');
  symlinkSync('file', link);
  const ping = { name: 'security.capability', value: Buffer.from('0100000200200000000000000000000000000000', 'hex') };
  give(file, 'file', 0o6755, [ping, text('trusted.t', 'file')]);
  chownSync(file, 1234, 1234);
  assert.deepEqual(read(file), { xattrs: packXattrs([text('trusted.t', 'file')]), leftOut: 0 }, 'chown drops a capability');
  give(file, 'file', 0o6755, [ping, text('trusted.t', 'file')]);
  assert.deepEqual(read(file), { xattrs: packXattrs([ping, text('trusted.t', 'file')]), leftOut: 0 });
  assert.equal(lstatSync(file).mode & 0o7777, 0o6755);
  give(link, 'symlink', 0o777, [text('trusted.t', 'link')], true);
  assert.deepEqual(read(link), { xattrs: packXattrs([text('trusted.t', 'link')]), leftOut: 0 });
  give(link, 'symlink', 0o777, []);
  assert.deepEqual(read(link), { xattrs: '', leftOut: 0 });
  assert.deepEqual(read(file), { xattrs: packXattrs([ping, text('trusted.t', 'file')]), leftOut: 0 }, 'a symlink was followed');
});

test('what an inode has no sense or no room for is passed over, and the rest is set', { skip }, (t) => {
  const path = join(folder(t), 'file');
  writeFileSync(path, 'x');
  const wanted = [text('user.a', 'a'), { name: DEFAULT_ACL, value: acl(7, 5, 5, 5, 0) }, text('user.z', 'z')];
  give(path, 'file', 0o600, wanted);
  assert.deepEqual(read(path), { xattrs: packXattrs([text('user.a', 'a'), text('user.z', 'z')]), leftOut: 0 });
});

test('a name that is not text is left out, and the names of files may be any bytes', { skip }, (t) => {
  const path = `${folder(t)}/\xff\n'`;
  writeFileSync(Buffer.from(path, 'latin1'), 'x');
  give(path, 'file', 0o600, [text('user.a', 'a')]);
  assert.deepEqual(read(path), { xattrs: packXattrs([text('user.a', 'a')]), leftOut: 0 });
});
