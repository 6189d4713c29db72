import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { nearlyText } from './arbitraries.js';
import { excused, fuzzed, load, type Module, type Parser, type ParserName, reached, withFile } from './parser.js';

const CONFIG_TOML = `# comment
[remotes.pi]
address = "pi.local:7713" # here
rate_limit = [{ from = "08:00", to = "18:00", days = ["mon"], rate = "8 Mbit/s" }, { rate = "5 MB/s" }]

[blocks."photos"]
source = '/volume1/photos'
target = """pi:photos"""
source_identity = "uuid:1"
drift = "trust"
guard_percent = 30

[agent]
dashboard = "127.0.0.1:7714"
dashboard_names = ["nas.example.org"]
`;
const SYNC_MESSAGE = '{"kind":"phase","block":"photos","phase":"scan"}';
const LAST_RESULT = JSON.stringify({
  ...{ kind: 'done', finishedUs: 1, goodUs: 1, durationMs: 1, sentBytes: 1, savedBytes: 1, steps: 1, entries: 1, session: 1 },
  ...{ reasons: [], problems: [], problemCount: 0, error: null },
});

const LAST_VERIFY = JSON.stringify({
  source: { files: 1, bytes: 2, damaged: 0, damagedInHistory: 0, changed: 0, skipped: 0, finishedUs: 1_700_000_000_000_000 },
  remote: null,
});

const SYNC_RECORD = JSON.stringify({
  kind: 'done',
  ...{ finishedUs: 1, durationMs: 1, sentBytes: 1, savedBytes: 1, steps: 1, session: 1, problemCount: 0 },
});
const SOCKET_TABLE = '   2: 0100007F:D431 0100007F:1E22 01 00000000:00000000 00:00000000 00000000  1000        0 3 1 0\n';

export async function parsersOfSource(): Promise<Record<ParserName, Parser>> {
  const at = (file: string) => load(`agent-source/dist/${file}`);
  const [config, edit, outline, message, last, targets, address, moments, timetable] = (await Promise.all(
    [
      'config-parse',
      'toml-edit',
      'toml-outline',
      'sync-message',
      'last-result',
      'targets',
      'address',
      'moments',
      'timetable',
    ].map(at),
  )) as [Module, Module, Module, Module, Module, Module, Module, Module, Module];
  const lastVerify = (await at('last-verify')) as Module;
  const toldFile = (await at('notify/told-file')) as Module;
  const [blockPath, statusText, paint] = (await Promise.all(['block-path', 'output/status-text', 'output/paint'].map(at))) as [
    Module,
    Module,
    Module,
  ];
  const [pause, records, token, pathToken, peerUser] = (await Promise.all(
    ['pause', 'sync-records', 'dashboard/token', 'dashboard/path-token', 'dashboard/peer-user'].map(at),
  )) as [Module, Module, Module, Module, Module];
  const duration = (await at('duration')) as Module;
  const table = fc.constantFrom(['blocks', 'photos'], ['remotes', 'pi'], ['blocks', 'constructor'], ['blocks', 'new']);
  const toml = nearlyText(CONFIG_TOML);
  const valid = toml.filter((text) => isToml(config, text));
  return {
    'agent-source/config-parse#parseConfig': fuzzed(toml, (text) => config['parseConfig'](text, '/config.toml')),
    'agent-source/config#readConfigText': excused('reads text, and makes nothing of it'),
    'agent-source/toml-edit#setTable': fuzzed(fc.tuple(valid, table, nearlyText('value')), ([text, path, value]) =>
      edit['setTable'](text, path, { source: Buffer.from(value).toString() }),
    ),
    'agent-source/toml-edit#removeTable': fuzzed(fc.tuple(valid, table), ([text, path]) => edit['removeTable'](text, path)),
    'agent-source/toml-outline#outlineToml': fuzzed(toml, (text) => outline['outlineToml'](text).length),
    'agent-source/sync-message#readSyncMessage': fuzzed(
      nearlyText(SYNC_MESSAGE),
      (text) => void message['readSyncMessage'](text),
      'version',
    ),
    'agent-source/last-verify#readLastVerify': fuzzed(nearlyText(LAST_VERIFY, '{}', 'null', '[]'), (text) =>
      withFile('', (file) => {
        const paths = { stateDirectory: join(file, '..') };
        mkdirSync(join(file, '..', 'blocks', 'b'), { recursive: true });
        writeFileSync(join(file, '..', 'blocks', 'b', 'verify.json'), text);
        return lastVerify['readLastVerify'](paths, 'b').source;
      }),
    ),
    'agent-source/last-result#readLastResult': fuzzed(nearlyText(LAST_RESULT, '{}', 'null', '{"kind":"refused"}'), (text) =>
      withFile('', async (file) => {
        const paths = { stateDirectory: join(file, '..') };
        mkdirSync(join(file, '..', 'blocks', 'b'), { recursive: true });
        writeFileSync(join(file, '..', 'blocks', 'b', 'last.json'), text);
        const result = await last['readLastResult'](paths, 'b');
        return statusText['healthText'](result, 5, paint['NO_PAINT']).length;
      }),
    ),
    'agent-source/notify/told-file#readTold': fuzzed(nearlyText('{"success":1}', '{}', 'null', '[]', '{"stale":"x"}'), (text) =>
      withBlockFile('told.json', text, async (paths) => Object.values(await toldFile['readTold'](paths, 'b')).length),
    ),
    'agent-source/pause#readPause': fuzzed(
      nearlyText('{"sinceUs":1700000000000000,"untilUs":1800000000000000}', '{}', 'null'),
      (text) => withBlockFile('pause.json', text, (paths) => pause['readPause'](paths, 'b', 1_000)?.sinceUs),
    ),
    'agent-source/sync-records#readSyncRecords': fuzzed(nearlyText(`${SYNC_RECORD}\n`, `${SYNC_RECORD}\nnull\n{`), (text) =>
      withBlockFile('syncs.jsonl', text, (paths) => records['readSyncRecords'](paths, 'b').length),
    ),
    'agent-source/dashboard/token#readToken': fuzzed(
      nearlyText('x'.repeat(43), `${'x'.repeat(43)}\n`),
      (text) => withFile(text, (file) => token['readToken'](file)),
      'corrupt',
    ),
    'agent-source/dashboard/path-token#parsePathToken': fuzzed(nearlyText('', 'YS9i', 'Li4veA'), (text) => ({
      path: pathToken['parsePathToken'](text),
    })),
    'agent-source/dashboard/path-token#parseTypedDirectory': fuzzed(nearlyText('/volume1/restored/', 'here'), (text) =>
      pathToken['parseTypedDirectory'](text),
    ),
    'agent-source/dashboard/peer-user#readUserIn': fuzzed(nearlyText(SOCKET_TABLE), (text) =>
      peerUser['readUserIn'](text, { from: '0100007F:D431', to: '0100007F:1E22' }),
    ),
    'agent-source/targets#parseTypedTarget': fuzzed(
      nearlyText('pi:photos', '/mnt/usb/photos', './a:b', 'pi:../x', 'pi:.btsoot'),
      (text) => targets['parseTypedTarget'](text, ['pi'], '/home'),
      'invalid',
      'not-found',
    ),
    'agent-source/targets#parseConfiguredTarget': fuzzed(nearlyText('pi:photos', '/mnt/usb/photos', 'pi:../x'), (text) =>
      targets['parseConfiguredTarget'](text),
    ),
    'agent-source/address#parseAddress': fuzzed(nearlyText('pi.local:7713', '[::1]:1', '192.0.2.1:65535'), (text) =>
      address['parseAddress'](text),
    ),
    'agent-source/moments#parseMoment': fuzzed(
      nearlyText('12', '2026-01-31', '2026-01-31T18:30:05.123+01:00', '0000-12-31T23:59:59Z', '9999-12-31'),
      (text) => moments['parseMoment'](text),
    ),
    'agent-source/duration#parseDuration': fuzzed(nearlyText('2h', '30 min', '10 s', '999999 d'), (text) =>
      duration['parseDuration'](text),
    ),
    'agent-source/timetable#parseTimetable': fuzzed(nearlyText('0 3 * * *', '30 3 * * mon', '*/5 0-6 1,15 jan-jun 1#2'), (text) =>
      timetable['parseTimetable'](text).next(0),
    ),
    'agent-source/block-path#parseBlockPath': fuzzed(nearlyText('a/b', '/volume1/photos/a', '../x', './a/../b'), (text) => ({
      path: blockPath['parseBlockPath'](text, '/volume1/photos'),
    })),
    'agent-source/transfer/lists#unpacked': reached('shared/delta/chunk-list#unpackChunks'),
  };
}

/** A state directory in which the block `b` has this file. */
function withBlockFile<T>(name: string, text: string, work: (paths: { stateDirectory: string }) => T): T {
  return withFile('', (file) => {
    const folder = join(file, '..', 'blocks', 'b');
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, name), text);
    return work({ stateDirectory: join(file, '..') });
  });
}

/** The editor is only given what was parsed before. */
function isToml(config: Module, text: string): boolean {
  try {
    config['parseConfig'](text, 'x');
    return true;
  } catch {
    return false;
  }
}
