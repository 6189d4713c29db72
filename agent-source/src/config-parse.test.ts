import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BtsootError } from '@btsoot/shared/model/errors.js';
import { limits } from '@btsoot/shared/model/limits.js';
import { BLOCK_DEFAULTS } from './block-defaults.js';
import { parseConfig } from './config-parse.js';

const FILE = '/etc/btsoot/config.toml';

function faults(text: string): string[] {
  try {
    parseConfig(text, FILE);
  } catch (error) {
    assert.ok(error instanceof BtsootError);
    assert.equal(error.kind, 'invalid');
    return error.message.split('\n');
  }
  return [];
}

test('a whole config', () => {
  const config = parseConfig(
    `[remotes.pi]
address = "[fe80::1]:7713"

[blocks.photos]
source = "/home/kim/Fotos ä"
target = "pi:kim/photos"
source_identity = "uuid:1-2"

[blocks."my.music"]
source = "/music"
target = "/mnt/usb/music"
source_identity = "ext4:/dev/sda1"
drift = "trust"
owners = "name"
specials = "mirror"
readers = 4
guard_percent = 12.5
guard_entries = 0
ignore = ["*.tmp", "/M\u00fcll/"]
ignored = "remove"
watch = true
settle = "5 min"
schedule = "30 3 * * mon"

[agent]
metrics = "127.0.0.1:7715"
`,
    FILE,
  );
  assert.deepEqual(config.agent, { metrics: { host: '127.0.0.1', port: 7715 }, dashboard: null, dashboardNames: [] });
  assert.deepEqual(config.remotes.get('pi'), { name: 'pi', host: 'fe80::1', port: 7713, rateLimit: null });
  assert.deepEqual(config.blocks.get('photos'), {
    name: 'photos',
    source: '/home/kim/Fotos \xc3\xa4',
    sourceIdentity: 'uuid:1-2',
    target: { kind: 'remote', remote: 'pi', folder: 'kim/photos' },
    ...BLOCK_DEFAULTS,
  });
  const music = config.blocks.get('my.music');
  assert.deepEqual(music?.target, { kind: 'local', root: '/mnt/usb', folder: 'music' });
  assert.deepEqual([music?.owners, music?.specials, music?.readers], ['name', 'mirror', limits.hashWorkersMax]);
  assert.deepEqual([music?.watch, music?.settleMs, music?.schedule?.text], [true, 300_000, '30 3 * * mon']);
  assert.deepEqual(music?.guard, { sharePercent: 12.5, entries: 0 });
  assert.deepEqual(music?.ignore, ['*.tmp', '/M\xc3\xbcll/']);
  assert.equal(music?.ignored, 'remove');
});

test('faults name file, line and key, in the order of lines', () => {
  const text = `# mine

[blocks.photos]
source = "Photos"
target = "photos"
guard_percent = 120

source_identity = 5
drift = "sometimes"
colour = "red"

[remotes.pi]
address = "pi.local"
`;
  assert.deepEqual(faults(text), [
    `${FILE}:4: blocks.photos.source must be an absolute directory`,
    `${FILE}:5: blocks.photos.target cannot be: "photos" is neither an absolute directory nor <remote>:<folder>`,
    `${FILE}:6: blocks.photos.guard_percent must be at most 100`,
    `${FILE}:8: blocks.photos.source_identity must be a string`,
    `${FILE}:9: blocks.photos.drift must be one of "quick", "trust", "full"`,
    `${FILE}:10: blocks.photos.colour is not a setting of a block`,
    `${FILE}:13: remotes.pi.address cannot be: "pi.local" is not an address like pi.local:7713`,
  ]);
});

for (const [readers, what] of [
  ['0', 'must be at least 1'],
  [`${limits.hashWorkersMax + 1}`, `must be at most ${limits.hashWorkersMax}`],
  ['1.5', 'must be a whole number'],
] as const) {
  test(`${readers} readers ${what}`, () => {
    const text = `[blocks.photos]\nsource = "/p"\ntarget = "pi:p"\nsource_identity = "i"\nreaders = ${readers}\n`;
    assert.deepEqual(faults(text), [`${FILE}:5: blocks.photos.readers ${what}`]);
  });
}

test('a missing key is reported at its table', () => {
  const text = '\n\n[blocks.photos]\nsource = "/p"\ntarget = "pi:p"\n';
  assert.deepEqual(faults(text), [`${FILE}:3: blocks.photos.source_identity is missing`]);
});

test('an unknown table and an impossible name', () => {
  assert.deepEqual(faults('[block.photos]\n'), [`${FILE}:1: block is not a setting of this file`]);
  const [fault] = faults('\n[blocks."../x"]\nsource = "/p"\ntarget = "pi:p"\nsource_identity = "x"\n');
  assert.match(fault ?? '', /config\.toml:2: blocks\.\.\.\/x is not a possible name/);
});

test('what is not TOML names the line too', () => {
  assert.match(faults('[blocks.photos]\nsource = /home\n')[0] ?? '', /^\/etc\/btsoot\/config\.toml:2: not valid TOML: /);
});

test('keys behind multi-line strings and arrays are found on their lines', () => {
  const text = `[blocks.a]
source = """
/x # no comment
[not.a.table]
""" # comment
odd = [ # an array
  "]", '"', # with brackets
]
target = 3
source_identity = "i"
`;
  assert.deepEqual(faults(text), [
    `${FILE}:6: blocks.a.odd is not a setting of a block`,
    `${FILE}:9: blocks.a.target must be a string`,
  ]);
});

const remote = (setting: string) => `[remotes.pi]
address = "pi:1"
${setting}
`;

function rateLimit(setting: string): unknown {
  return parseConfig(remote(setting), FILE).remotes.get('pi')?.rateLimit;
}

test('a rate limit is one rate for always, or a timetable', () => {
  const days = new Set([0, 1, 2, 3, 4, 5, 6]);
  const always = { days, fromMinute: 0, toMinute: 1440 };
  assert.deepEqual(rateLimit('rate_limit = "2 MB/s"'), [{ ...always, bytesPerSecond: 2_000_000 }]);
  assert.deepEqual(
    rateLimit(`rate_limit = [
  { from = "08:00", to = "18:30", days = ["mon", "fri"], rate = "12 Mbit/s" }, # the office
  { from = "22:00", to = "00:00", rate = "1kB/s" },
  { rate = "0.5 GB/s" },
]`),
    [
      { days: new Set([1, 5]), fromMinute: 480, toMinute: 1110, bytesPerSecond: 1_500_000 },
      { days, fromMinute: 1320, toMinute: 1440, bytesPerSecond: 1_000 },
      { ...always, bytesPerSecond: 500_000_000 },
    ],
  );
  const tables = '[[remotes.pi.rate_limit]]\nfrom = "23:00"\nto = "06:00"\nrate = "8 kbit/s"';
  assert.deepEqual(rateLimit(tables), [{ days, fromMinute: 1380, toMinute: 360, bytesPerSecond: 1_000 }]);
});

test('what is wrong with a rate limit is said at its key', () => {
  const units = 'a rate is a number and one of B/s, kB/s, MB/s, GB/s, kbit/s, Mbit/s, Gbit/s';
  const time = 'a time of day is written as 08:00, from 00:00 to 24:00';
  const wrong: readonly [string, string][] = [
    ['5', ' must be a rate such as "2 MB/s", or a list of periods'],
    ['"fast"', ` cannot be "fast": ${units}`],
    ['"2 mb/s"', ` cannot be "2 mb/s": ${units}`],
    ['"-1 MB/s"', ` cannot be "-1 MB/s": ${units}`],
    ['"999 B/s"', ' must be at least 1 kB/s'],
    ['[5]', '.0 must be a table'],
    ['[{ from = "08:00" }]', '.0.rate is missing'],
    ['[{ rate = "1 MB/s" }, { rate = "1 constructor" }]', `.1.rate cannot be "1 constructor": ${units}`],
    ['[{ rate = "1 MB/s", from = "8" }]', `.0.from cannot be "8": ${time}`],
    ['[{ rate = "1 MB/s", to = "24:01" }]', `.0.to cannot be "24:01": ${time}`],
    ['[{ rate = "1 MB/s", from = "08:00", to = "08:00" }]', '.0 ends when it begins'],
    ['[{ rate = "1 MB/s", days = [] }]', '.0.days must name a day'],
    ['[{ rate = "1 MB/s", days = "mon" }]', '.0.days must be a list'],
    ['[{ rate = "1 MB/s", until = "9:00" }]', '.0.until is not a setting of a period'],
  ];
  for (const [setting, fault] of wrong) {
    assert.deepEqual(faults(remote(`rate_limit = ${setting}`)), [`${FILE}:3: remotes.pi.rate_limit${fault}`]);
  }
});

function faultsOfBlock(line: string): string[] {
  return faults(`[blocks.a]\nsource = "/a"\ntarget = "/b/a"\nsource_identity = "uuid:1"\n${line}\n`);
}

test('how long changes come to rest has bounds, and says how it is written', () => {
  assert.deepEqual(faultsOfBlock('settle = "1 s"'), []);
  assert.deepEqual(faultsOfBlock('settle = "1 d"'), []);
  assert.deepEqual(faultsOfBlock('settle = "0 s"'), [`${FILE}:5: blocks.a.settle must be from 1 s to 1 d`]);
  assert.deepEqual(faultsOfBlock('settle = "25h"'), [`${FILE}:5: blocks.a.settle must be from 1 s to 1 d`]);
  assert.deepEqual(faultsOfBlock('settle = "soon"'), [
    `${FILE}:5: blocks.a.settle cannot be "soon": a time is written as "10 s", "5 min", "2 h" or "1 d"`,
  ]);
});

test('a timetable that is none, or that never comes, is said with an example', () => {
  assert.deepEqual(faultsOfBlock('schedule = "0 3 * * *"'), []);
  assert.deepEqual(faultsOfBlock('schedule = "@daily"'), []);
  assert.match(faultsOfBlock('schedule = "every day"')[0] ?? '', /"every day": it has 2 of the 5 fields; a timetable is written/);
  assert.match(faultsOfBlock('schedule = "0 0 3 * * *"')[0] ?? '', /it has 6 of the 5 fields/);
  for (const text of ['daily', '61 3 * * *', '* * * * * *', '0 0 30 2 *']) {
    const [fault = '', ...others] = faultsOfBlock(`schedule = "${text}"`);
    assert.deepEqual(others, []);
    assert.ok(fault.startsWith(`${FILE}:5: blocks.a.schedule cannot be: "${text}": `), fault);
    assert.ok(fault.endsWith('such as "0 3 * * *" for three at night'), fault);
  }
});

test("the agent's own settings", () => {
  assert.deepEqual(parseConfig('', FILE).agent, { metrics: null, dashboard: null, dashboardNames: [] });
  const [address, unknown] = faults('[agent]\nmetrics = "0.0.0.0:7715"\nmetric = "127.0.0.1:7715"\n');
  assert.match(address ?? '', /config\.toml:2: agent\.metrics cannot be: "0\.0\.0\.0:7715" is not an address of this machine/);
  assert.match(unknown ?? '', /config\.toml:3: agent\.metric is not a setting of the agent$/);
});

test('where the dashboard is served, and the names that it answers to', () => {
  const agentOf = (lines: string) => parseConfig(`[agent]\n${lines}`, FILE).agent;
  assert.deepEqual(agentOf('dashboard = "[::1]:7714"\ndashboard_names = ["nas.example.org"]'), {
    metrics: null,
    dashboard: { host: '::1', port: 7714 },
    dashboardNames: ['nas.example.org'],
  });
  const names = (count: number): string => `dashboard_names = [${Array.from({ length: count }, () => '"nas"').join(', ')}]`;
  assert.equal(agentOf(names(limits.dashboardNamesMax)).dashboardNames.length, limits.dashboardNamesMax);
  assert.deepEqual(faults(`[agent]\n${names(limits.dashboardNamesMax + 1)}`), [
    `${FILE}:2: agent.dashboard_names must be at most 16 names`,
  ]);
  assert.deepEqual(faults('[agent]\ndashboard = "7714"\ncolour = 1\ndashboard_names = ["a b"]'), [
    `${FILE}:2: agent.dashboard cannot be: "7714" is not an address like pi.local:7713`,
    `${FILE}:3: agent.colour is not a setting of the agent`,
    `${FILE}:4: agent.dashboard_names.0 must be names of this machine, such as "nas.example.org"`,
  ]);
});
