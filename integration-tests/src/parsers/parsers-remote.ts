import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { nearly, nearlyText } from './arbitraries.js';
import { excused, fuzzed, load, type Module, type Parser, type ParserName, reached, WIRE, withFile } from './parser.js';

const REMOTE_JSON = '{"version":1,"name":"pi","listen":{"host":"0.0.0.0","port":7713}}';
const SOURCES_JSON = `{"version":1,"sources":[{"name":"nas","fingerprint":"${'ab'.repeat(32)}","pairedAt":"2026-01-31T12:00:00Z","revokedAt":null,"grants":["photos"]}]}`;

export async function parsersOfRemote(): Promise<Record<ParserName, Parser>> {
  const at = (file: string) => load(`agent-remote/dist/${file}`);
  const [config, layout, sources, grants, unpack, blocks] = (await Promise.all(
    ['config', 'layout', 'sources', 'grants', 'unpack', 'block-folder'].map(at),
  )) as [Module, Module, Module, Module, Module, Module];
  const { brotliCompressSync } = await import('node:zlib');
  const packed = brotliCompressSync(Buffer.alloc(1_000, 'text '));
  const inHome = <T>(name: string, text: string, work: (root: Module) => T): T =>
    withFile('', (file) => {
      const root = join(file, '..');
      mkdirSync(join(root, '.btsoot'));
      writeFileSync(join(root, '.btsoot', name), text);
      return work(layout['layoutOf'](root));
    });
  return {
    'agent-remote/config#readConfig': fuzzed(nearlyText(REMOTE_JSON), (text) =>
      inHome('remote.json', text, (root) => config['readConfig'](root)),
    ),
    'agent-remote/config#parseJsonFile': reached('agent-remote/config#readConfig'),
    'agent-remote/config#readIfPresent': excused('reads text, and makes nothing of it'),
    'agent-remote/config#parseListen': fuzzed(nearlyText('[::]:7713', '0.0.0.0:7713', ':1', '65536'), (text) =>
      config['parseListen'](text),
    ),
    'agent-remote/sources#SourceRegistry': fuzzed(nearlyText(SOURCES_JSON), (text) =>
      inHome('sources.json', text, (root) => new sources['SourceRegistry'](root['sourcesFile']).list().length),
    ),
    'agent-remote/grants#parseGrants': fuzzed(fc.array(nearlyText('photos', '/a/b/', 'a/../b'), { maxLength: 3 }), (folders) =>
      grants['parseGrants'](folders),
    ),
    'agent-remote/block-folder#unescapeFolder': fuzzed(nearlyText('photos', '%2Fa', 'a%2Fb', '%2E%2E', '%00'), (text) => ({
      path: blocks['unescapeFolder'](text) ?? '',
    })),
    'agent-remote/authority-files#readKeys': excused('reads text; what it is made into are certificates, see pki'),
    'agent-remote/reading#readContent': excused('reads bytes, and makes nothing of them'),
    'agent-remote/unpack#unpack': fuzzed(
      fc.tuple(nearly(packed), fc.constantFrom(1, 999, 1_000, 1_001, 1_048_576)),
      ([bytes, sizeBytes]) => unpack['unpack']({ bytes, sizeBytes }),
    ),
    'agent-remote/unpack#unpackOrder': WIRE,
  };
}
