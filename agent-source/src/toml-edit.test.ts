import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parse } from 'smol-toml';
import { removeTable, setTable } from './toml-edit.js';

const HAND_WRITTEN = `# My backups. Ask Kim before changing.

[remotes.pi]
address = "pi.local:7713"   # the one in the cellar

# the important one
[blocks.photos]
source = "/home/kim/Photos" # moved in May
  # guard: see the wiki
guard_percent = 20
target = 'pi:photos'

[blocks."my.music"]   # dots need quotes
source = """
/music"""
target = "pi:music"
`;

test('a new table goes to the end, everything else stays byte for byte', () => {
  const edited = setTable(HAND_WRITTEN, ['blocks', 'videos'], { source: '/v', guard_entries: 5 });
  assert.equal(edited, `${HAND_WRITTEN}\n[blocks.videos]\nsource = "/v"\nguard_entries = 5\n`);
});

test('a name with a dot is quoted', () => {
  assert.equal(setTable('', ['blocks', 'a.b'], { source: '/v' }), '[blocks."a.b"]\nsource = "/v"\n');
});

test('values change in place, with their comments; new keys follow the last one', () => {
  const edited = setTable(HAND_WRITTEN, ['blocks', 'photos'], { source: '/new "place"', target: 'nas:p', drift: 'trust' });
  const expected = HAND_WRITTEN.replace('"/home/kim/Photos"', '"/new \\"place\\""').replace(
    "target = 'pi:photos'\n",
    'target = "nas:p"\ndrift = "trust"\n',
  );
  assert.equal(edited, expected);
});

test('a multi-line value changes whole', () => {
  const edited = setTable(HAND_WRITTEN, ['blocks', 'my.music'], { source: '/other' });
  assert.equal(edited, HAND_WRITTEN.replace('"""\n/music"""', '"/other"'));
});

test('control characters and DEL survive', () => {
  const source = '/a\tb\u007f\u0001\\n"é';
  const parsed = parse(setTable('', ['blocks', 'x'], { source })) as { blocks: { x: { source: string } } };
  assert.equal(parsed.blocks.x.source, source);
});

test('a removed table takes its own lines along, and nothing else', () => {
  const edited = removeTable(HAND_WRITTEN, ['blocks', 'photos']);
  assert.equal(
    edited,
    `# My backups. Ask Kim before changing.

[remotes.pi]
address = "pi.local:7713"   # the one in the cellar

# the important one

[blocks."my.music"]   # dots need quotes
source = """
/music"""
target = "pi:music"
`,
  );
});

test('adding and removing gives the text back', () => {
  for (const text of ['', '# only a comment\n', HAND_WRITTEN]) {
    const edited = removeTable(setTable(text, ['blocks', 'x'], { source: '/x' }), ['blocks', 'x']);
    assert.equal(edited.trimEnd(), text.trimEnd());
  }
});

test('a text without a newline at its end gets one', () => {
  const edited = setTable('[blocks.a]\nsource = "/a"', ['blocks', 'a'], { target: 'pi:a' });
  assert.equal(edited, '[blocks.a]\nsource = "/a"\ntarget = "pi:a"\n');
});

test('removing what is not there changes nothing', () => {
  assert.equal(removeTable(HAND_WRITTEN, ['blocks', 'nothing']), HAND_WRITTEN);
});

test('styles that a textual edit would break are refused with what to do', () => {
  for (const text of ['blocks = { photos = { source = "/p" } }\n', '[blocks]\nphotos = { source = "/p" }\n']) {
    assert.throws(() => setTable(text, ['blocks', 'photos'], { source: '/q' }), /cannot be edited without losing text/);
  }
});

test('dotted keys are removed too', () => {
  const text = '[blocks]\nphotos.source = "/p"\nphotos.target = "pi:p"\nmusic.source = "/m"\n';
  assert.equal(removeTable(text, ['blocks', 'photos']), '[blocks]\nmusic.source = "/m"\n');
});

test('Windows line ends stay', () => {
  const text = '[blocks.a]\r\nsource = "/a" # x\r\n\r\n[blocks.b]\r\nsource = "/b"\r\n';
  assert.equal(setTable(text, ['blocks', 'a'], { source: '/c' }), text.replace('"/a"', '"/c"'));
  assert.equal(removeTable(text, ['blocks', 'a']), '[blocks.b]\r\nsource = "/b"\r\n');
});
