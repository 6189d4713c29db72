import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BtsootError } from '@btsoot/shared/model/errors.js';
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
guard_percent = 12.5
guard_entries = 0
`,
    FILE,
  );
  assert.deepEqual(config.remotes.get('pi'), { name: 'pi', host: 'fe80::1', port: 7713 });
  assert.deepEqual(config.blocks.get('photos'), {
    name: 'photos',
    source: '/home/kim/Fotos \xc3\xa4',
    sourceIdentity: 'uuid:1-2',
    target: { kind: 'remote', remote: 'pi', folder: 'kim/photos' },
    drift: 'quick',
    guard: { sharePercent: 50, entries: 10_000 },
  });
  const music = config.blocks.get('my.music');
  assert.deepEqual(music?.target, { kind: 'local', root: '/mnt/usb', folder: 'music' });
  assert.deepEqual(music?.guard, { sharePercent: 12.5, entries: 0 });
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
    `${FILE}:9: blocks.photos.drift must be one of "quick", "trust"`,
    `${FILE}:10: blocks.photos.colour is not a setting of a block`,
    `${FILE}:13: remotes.pi.address cannot be: "pi.local" is not an address like pi.local:7713`,
  ]);
});

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
