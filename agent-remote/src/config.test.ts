import assert from 'node:assert/strict';
import { mkdirSync, statSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { parseListen, readConfig, requireConfig, writeConfig } from './config.js';
import { failsAs, temporaryFolder } from './fixture.js';
import { layoutOf } from './layout.js';

test('what is written is read back, and only the owner can read it', (t) => {
  const layout = layoutOf(temporaryFolder(t));
  mkdirSync(layout.home);
  assert.equal(readConfig(layout), null);
  const config = { version: 1 as const, name: 'pi', listen: { host: '::', port: 7713 } };
  writeConfig(layout, config);
  assert.deepEqual(requireConfig(layout), config);
  assert.equal(statSync(layout.configFile).mode & 0o777, 0o600);
});

test('a complaint names the file and the key', (t) => {
  const layout = layoutOf(temporaryFolder(t));
  mkdirSync(layout.home);
  const cases: [string, RegExp][] = [
    ['{', /remote\.json is not JSON/],
    ['{"version":2,"name":"pi","listen":{"host":"h","port":1}}', /remote\.json: "version" this program knows only version 1/],
    ['{"version":1,"name":"p i","listen":{"host":"h","port":1}}', /"name" must consist of letters/],
    ['{"version":1,"name":"pi","listen":{"host":"h","port":0}}', /"listen\.port" must be from 1 to 65535/],
    ['{"version":1,"name":"pi","listen":{"host":"h","port":1},"nme":3}', /remote\.json: .*nme/],
  ];
  for (const [text, message] of cases) {
    writeFileSync(layout.configFile, text);
    assert.throws(() => readConfig(layout), failsAs('invalid', message));
  }
});

test('a root that is no remote says what to do', (t) => {
  assert.throws(() => requireConfig(layoutOf(temporaryFolder(t))), failsAs('not-found', /is not a BTSOOT remote/));
});

test('addresses to listen on', () => {
  assert.deepEqual(parseListen('192.168.1.5:7713'), { host: '192.168.1.5', port: 7713 });
  assert.deepEqual(parseListen('[::1]:80'), { host: '::1', port: 80 });
  assert.deepEqual(parseListen('8000'), { host: '0.0.0.0', port: 8000 });
  assert.deepEqual(parseListen(':8000'), { host: '0.0.0.0', port: 8000 });
  for (const text of ['', 'host', 'host:', 'host:0', 'host:65536', '::1:80', 'a:b:1'])
    assert.throws(() => parseListen(text), failsAs('invalid'));
});
