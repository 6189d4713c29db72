import assert from 'node:assert/strict';
import { mkdirSync, statSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { parseListen, readConfig, requireConfig, writeConfig } from './config.js';
import { failsAs, temporaryFolder } from './fixture.js';
import { layoutOf } from './layout.js';
import { rulesOf } from './retention-config.js';

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
    [
      '{"version":1,"name":"pi","listen":{"host":"h","port":1},"metrics":":7716"}',
      /"metrics" ":7716" is not an address of this machine/,
    ],
  ];
  for (const [text, message] of cases) {
    writeFileSync(layout.configFile, text);
    assert.throws(() => readConfig(layout), failsAs('invalid', message));
  }
});

test('a complaint about retention names the file, the key and the line', (t) => {
  const layout = layoutOf(temporaryFolder(t));
  mkdirSync(layout.home);
  const complaintOf = (retention: string): void =>
    writeFileSync(
      layout.configFile,
      `{\n  "version": 1,\n  "name": "pi",\n  "listen": { "host": "h", "port": 1 },\n  "retention": {\n${retention}\n  }\n}\n`,
    );
  const cases: [string, RegExp][] = [
    ['"keep_days": 0', /remote\.json: "retention\.keep_days" must be from 1 to 36500 \(line 6\)$/],
    ['"keep_days": 30,\n"free_space_min": "5 potatoes"', /"retention\.free_space_min" must be a size .* \(line 7\)$/],
    ['"free_space_min": "100 %"', /"retention\.free_space_min" must be less than 100 %/],
    ['"keep_sessions_min": 5,\n"keep_sessions_max": 4', /"retention\.keep_sessions_max" must not be below .* 5 \(line 7\)$/],
    ['"keep_days": 3,\n\n"min_age_days": 4', /"retention\.min_age_days" must not be above keep_days, which is 3 \(line 8\)$/],
    ['"keep_day": 3', /"retention" Unrecognized key: "keep_day" \(line 6\)$/],
    ['"keep_days": 3,', /is not JSON: .*\(line 7\)$/],
  ];
  for (const [retention, message] of cases) {
    complaintOf(retention);
    assert.throws(() => readConfig(layout), failsAs('invalid', message));
  }
  complaintOf('"keep_days": 90,\n"keep_sessions_min": 3,\n"free_space_min": "20 GB"');
  assert.deepEqual(rulesOf(readConfig(layout)?.retention), {
    keepDays: 90,
    keepSessionsMin: 3,
    keepSessionsMax: null,
    freeSpaceMin: { kind: 'bytes', bytes: 20e9 },
    minAgeDays: 7,
  });
  assert.equal(rulesOf({ keep_days: 2 }).minAgeDays, 2, 'a default never contradicts what was said');
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
