import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { parseAddress } from './address.js';
import { parseBlockPath } from './block-path.js';
import { temporaryDirectory } from './fixtures.js';
import { checkName, listNames } from './names.js';
import { findPaths } from './paths.js';
import { displayTarget, parseConfiguredTarget, parseTypedTarget, targetText } from './targets.js';

test('the part before the first colon decides, if it is a known remote', () => {
  assert.deepEqual(parseTypedTarget('pi:photos', ['pi'], '/home'), { kind: 'remote', remote: 'pi', folder: 'photos' });
  assert.deepEqual(parseTypedTarget('pi:a:b/c/', ['pi'], '/home'), { kind: 'remote', remote: 'pi', folder: 'a:b/c' });
  assert.deepEqual(parseTypedTarget('/mnt/usb/photos', ['pi'], '/home'), { kind: 'local', root: '/mnt/usb', folder: 'photos' });
  assert.deepEqual(parseTypedTarget('photos/', ['pi'], '/mnt/usb'), { kind: 'local', root: '/mnt/usb', folder: 'photos' });
  assert.deepEqual(parseTypedTarget('./pi:x', ['pi'], '/mnt'), { kind: 'local', root: '/mnt', folder: 'pi:x' });
  assert.deepEqual(parseTypedTarget('/photos', [], '/mnt'), { kind: 'local', root: '/', folder: 'photos' });
});

test('a remote that is not paired is no directory of that name', () => {
  assert.throws(
    () => parseTypedTarget('nas:photos', ['pi', 'attic'], '/nowhere'),
    /no remote named "nas" \(known: attic and pi\)/,
  );
  const home = temporaryDirectory();
  mkdirSync(path.join(home, 'nas:photos'));
  assert.equal(parseTypedTarget('nas:photos', [], home).kind, 'local');
});

test('targets without a folder, leading out, or of our own are refused', () => {
  for (const text of ['/', 'pi:', 'pi:/', 'pi:..', 'pi:a/../b', 'pi:a//b', 'pi:.btsoot/x', '/mnt/.btsoot']) {
    assert.throws(() => parseTypedTarget(text, ['pi'], '/home'), { kind: 'invalid' }, text);
  }
});

test('a remote without a folder is no directory here, and folders there are named from its root', () => {
  assert.throws(() => parseTypedTarget('pi', ['pi'], '/home'), {
    message: 'the target pi is a remote, and names no folder there',
    hint: 'Write pi:FOLDER, such as pi:photos; a local directory of that name is written ./pi',
  });
  assert.equal(parseTypedTarget('./pi', ['pi'], '/home').kind, 'local');
  assert.throws(() => parseTypedTarget('pi:/mnt/usb/photos', ['pi'], '/home'), {
    message: 'the target pi:/mnt/usb/photos begins with a slash',
    hint: 'Folders on a remote are named from the root that it serves: pi:photos is one directly in it.',
  });
  assert.throws(
    () => parseTypedTarget('pi:../x', ['pi'], '/home'),
    /the target pi:..\/x cannot be used: a path whose part is ".."/,
  );
});

test('what the config file says reads back the same', () => {
  for (const text of ['pi:photos', '/mnt/usb/Fotos ä', '/photos']) {
    assert.equal(targetText(parseConfiguredTarget(text)), text);
    assert.equal(displayTarget(parseConfiguredTarget(text)), text);
  }
  assert.throws(() => parseConfiguredTarget('photos'), /neither an absolute directory/);
});

test('addresses', () => {
  assert.deepEqual(parseAddress('pi.local:7713'), { host: 'pi.local', port: 7713 });
  assert.deepEqual(parseAddress('[::1]:1'), { host: '::1', port: 1 });
  for (const text of ['pi', 'pi:0', 'pi:65536', '::1:80', 'a b:1', ':1', '[]:1']) assert.throws(() => parseAddress(text), text);
});

test('names of blocks are names of directories, and no options', () => {
  for (const name of ['photos', 'a.b-c_D9', '0']) assert.equal(checkName('block', name), name);
  for (const name of ['', '.', '..', '-x', 'a/b', 'ä', 'a b', 'x'.repeat(65)])
    assert.throws(() => checkName('block', name), name);
  assert.equal(listNames([]), 'none yet');
  assert.equal(listNames(['b', 'a']), 'a and b');
});

test('paths in a block: relative to it, or absolute below its source', () => {
  const source = '/home/kim/Photos';
  assert.equal(parseBlockPath('2023/june.jpg', source), '2023/june.jpg');
  assert.equal(parseBlockPath('./2023/', source), '2023');
  assert.equal(parseBlockPath('/home/kim/Photos/2023', source), '2023');
  assert.equal(parseBlockPath('/home/kim/Photos', source), '');
  assert.equal(parseBlockPath('.', source), '');
  assert.equal(parseBlockPath('..a/ä', source), '..a/\xc3\xa4');
  assert.equal(parseBlockPath('/x/y', '/'), 'x/y');
  for (const text of ['..', '../x', 'a/../../x', '/home/kim/Photos2/x', '/home/kim', '/home/kim/Photos/../x']) {
    assert.throws(() => parseBlockPath(text, source), /not inside of the block/, text);
  }
});

test('files are found by our variables, then by XDG, then by the home directory', () => {
  assert.equal(findPaths({}, '/home/kim').configFile, '/home/kim/.config/btsoot/config.toml');
  assert.equal(findPaths({}, '/home/kim').stateDirectory, '/home/kim/.local/state/btsoot');
  assert.equal(findPaths({ XDG_STATE_HOME: '/s', XDG_CONFIG_HOME: 'relative' }, '/h').stateDirectory, '/s/btsoot');
  assert.equal(findPaths({ XDG_CONFIG_HOME: 'relative' }, '/h').configDirectory, '/h/.config/btsoot');
  assert.equal(findPaths({ BTSOOT_CONFIG: '/c/', XDG_CONFIG_HOME: '/x' }, '/h').configFile, '/c/config.toml');
  assert.throws(() => findPaths({ BTSOOT_STATE: 'here' }, '/h'), /\$BTSOOT_STATE is "here"/);
});
