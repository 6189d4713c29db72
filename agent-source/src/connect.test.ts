import assert from 'node:assert/strict';
import { mkdirSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { fromText, type TreePath } from '@btsoot/shared/model/bytes.js';
import { type Config, NO_CONFIG } from './config.js';
import { connectTarget } from './connect.js';
import { temporaryPaths } from './fixtures.js';
import { NO_LOG } from './log.js';

const FOLDER = 'photos' as TreePath;

test('a disk that is not mounted is unreachable, and its mount point gets no new root', async () => {
  const paths = temporaryPaths();
  const config: Config = { ...NO_CONFIG, file: paths.configFile };
  const mountPoint = path.join(path.dirname(paths.stateDirectory), 'usb');
  const target = { kind: 'local', root: fromText(mountPoint), folder: FOLDER } as const;
  const connect = () => connectTarget(config, paths, NO_LOG, target, { newRoot: false });
  await assert.rejects(connect(), { kind: 'unreachable', message: `the target's directory ${mountPoint} does not exist` });
  mkdirSync(mountPoint);
  await assert.rejects(connect(), { kind: 'unreachable', message: /holds no \.btsoot folder/ });
});

test('a disk that does not answer is unreachable, and not said to be missing', async () => {
  const paths = temporaryPaths();
  const config: Config = { ...NO_CONFIG, file: paths.configFile };
  const root = path.join(path.dirname(paths.stateDirectory), 'usb');
  symlinkSync('usb', root);
  const target = { kind: 'local', root: fromText(root), folder: FOLDER } as const;
  for (const newRoot of [false, true])
    await assert.rejects(connectTarget(config, paths, NO_LOG, target, { newRoot }), {
      kind: 'unreachable',
      message: /^cannot look at .*usb: ELOOP/,
    });
});

test('a remote that is not paired, and one whose files are gone', async () => {
  const paths = temporaryPaths();
  const pi = { name: 'pi', host: '127.0.0.1', port: 1, rateLimit: null };
  const config: Config = { ...NO_CONFIG, file: paths.configFile, remotes: new Map([['pi', pi]]) };
  const connect = (remote: string) =>
    connectTarget(config, paths, NO_LOG, { kind: 'remote', remote, folder: FOLDER }, { newRoot: false });
  await assert.rejects(connect('nas'), { kind: 'not-found', message: 'there is no remote named "nas" (known: pi)' });
  await assert.rejects(connect('pi'), { kind: 'not-found', message: /the remote pi has no .*ca\.pem/ });
});
