import { openSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { nearly, nearlyText } from './arbitraries.js';
import { excused, fuzzed, load, type Module, type Parser, type ParserName, reached, WIRE, withFile } from './parser.js';

const sizes = fc.constantFrom(0, 1, 5, 300_000, 2 ** 40, Number.MAX_SAFE_INTEGER);

export async function parsersOfShared(): Promise<Record<ParserName, Parser>> {
  const at = (file: string) => load(`shared/dist/${file}`);
  const [list, ops, layout, signature] = (await Promise.all(
    ['chunk-list', 'ops', 'layout', 'signature'].map((file) => at(`delta/${file}`)),
  )) as [Module, Module, Module, Module];
  const [sidecar, journal, patchFile, patchFormat] = (await Promise.all(
    ['apply/sidecar', 'apply/journal', 'apply/patch-file', 'apply/patch-format'].map(at),
  )) as [Module, Module, Module, Module];
  const [names, seen, mounts, code, request, certificate, authority] = (await Promise.all(
    [
      'model/names',
      'manifest/packed-seen',
      'disk/mounts',
      'pki/pairing-code',
      'pki/request',
      'pki/fingerprint',
      'pki/authority',
    ].map(at),
  )) as [Module, Module, Module, Module, Module, Module, Module];

  const [link, attributes, rate, ignoreFile, loopback] = (await Promise.all(
    ['disk/link-file', 'model/xattrs', 'model/rate', 'scan/ignore-file', 'metrics/loopback'].map(at),
  )) as [Module, Module, Module, Module, Module];
  const linkFile: Buffer = link['encodeLinkFile']('../a b');
  const xattrs = Buffer.from(
    attributes['packXattrs']([
      { name: 'user.a', value: Buffer.from('v') },
      { name: 'user.b', value: Buffer.alloc(300, 1) },
    ]) as string,
    'latin1',
  );

  const hashes = Buffer.alloc(3 * 16, 7);
  const chunks = { averageBytes: 16_384, ends: Float64Array.from([100_000, 200_000, 300_000]), hashes };
  const packedList: Buffer = list['packChunks'](chunks);
  const encodedLayout: Buffer = layout['encodeLayout'](chunks, [chunks, null]);
  const encodedOps: Buffer = ops['encodeOps'](
    [
      { kind: 'copy', basis: 0, from: 100, lengthBytes: 50 },
      { kind: 'literal', lengthBytes: 9 },
      { kind: 'zeros', lengthBytes: 4_096 },
      { kind: 'copy', basis: 1, from: 0, lengthBytes: 7 },
    ],
    0,
  );
  const header: Buffer = sidecar['encodeHeader']({ hash: '01'.repeat(16), sizeBytes: 300_000 }, 16_384, 'a/b');
  const batch: Buffer = sidecar['encodeBatch'](0, chunks.ends, hashes);
  const packedSeen: Buffer = seen['packSeen']({
    ...{ dev: 1n, ino: 2n, sizeBytes: 3n, mtimeNs: 4n, ctimeNs: -5n, btimeNs: 6n },
    ...{ mode: 0o100644, uid: 1, gid: 2, nlink: 1 },
  });
  const action = { index: 0, step: { kind: 'remove', at: { area: 'tree', path: 'a' } }, staged: null, slot: '1-1' };
  const encodedJournal: Buffer = journal['encodeJournal']({ progressName: 'p', actions: [action] });
  const pairingCode: string = code['encodePairingCode']({
    ...{ host: 'pi.local', servePort: 7713, pairingPort: 7714 },
    ...{ authorityFingerprint: 'ab'.repeat(32), secret: Buffer.alloc(16, 3) },
  });
  const csr: Buffer = request['makeRequest']('nas').requestDer;
  const ca = authority['makeAuthority']('pi', 1_700_000_000_000) as { certificatePem: string };
  const pem = ca.certificatePem;
  const der = [Buffer.from(pem.replace(/-----[^-]+-----|\s/g, ''), 'base64')];
  const trailer = Buffer.concat([
    Buffer.from([1, 5]),
    Buffer.alloc(16, 1),
    Buffer.from([5]),
    Buffer.alloc(16, 2),
    Buffer.from([1, 0, 2]),
    Buffer.alloc(16),
  ]);
  const patchBytes: Buffer = Buffer.concat([Buffer.from('xy'), trailer, patchFormat['footerOf'](trailer) as Buffer]);

  return {
    'shared/model/names#parseName': fuzzed(nearly(Buffer.from('name'), Buffer.from('..'), Buffer.alloc(255, 'n')), (bytes) => ({
      name: names['parseName'](bytes),
    })),
    'shared/model/names#parseTreePath': fuzzed(
      nearly(Buffer.from('a/b/c'), Buffer.from('a/../b'), Buffer.from(`${'a/'.repeat(1_999)}a`)),
      (bytes) => ({
        path: names['parseTreePath'](bytes),
      }),
    ),
    'shared/delta/chunk-list#unpackChunks': fuzzed(fc.tuple(nearly(packedList), sizes), ([bytes, size]) =>
      list['unpackChunks'](bytes, size),
    ),
    'shared/delta/ops#decodeOps': fuzzed(
      fc.tuple(nearly(encodedOps), sizes, fc.array(sizes, { maxLength: 8 })),
      ([bytes, size, basesSizes]) => ops['decodeOps'](bytes, { position: 0, remainingBytes: size, basesSizes }),
    ),
    'shared/delta/layout#LayoutReader': fuzzed(
      fc.tuple(fc.array(nearly(encodedLayout), { maxLength: 3 }), sizes, fc.boolean()),
      ([parts, size, hasList]) => {
        const reader = new layout['LayoutReader'](size, hasList ? [chunks, null] : []);
        for (const part of parts) reader.push(part);
        reader.end();
        return reader.layout;
      },
      'invalid',
      'not-found',
    ),
    'shared/model/byte-fields#ByteReader': reached('shared/delta/ops#decodeOps'),
    'shared/delta/signature#readSignature': fuzzed(
      fc.tuple(
        nearly(Buffer.alloc(8 * 7, 1)),
        fc.record({ from: sizes, lengthBytes: fc.nat(1_000), blockBytes: fc.constantFrom(64, 128, 65_536, 3, 0, -64, 131_072) }),
      ),
      ([bytes, region]) => signature['readSignature'](region, bytes),
    ),
    'shared/apply/sidecar#decodeSidecar': fuzzed(
      nearly(header, Buffer.concat([header, batch]), Buffer.concat([header, batch, batch])),
      (bytes) => sidecar['decodeSidecar'](bytes),
    ),
    'shared/apply/journal#decodeJournal': fuzzed(
      nearly(encodedJournal, Buffer.from('{"actions":5}'), Buffer.from('null')),
      (bytes) => journal['decodeJournal'](bytes),
      'corrupt',
    ),
    'shared/apply/journal#readProgress': fuzzed(nearly(Buffer.from('++-+')), (bytes) =>
      withFile(bytes, (file) => journal['readProgress'](join(file, '..'), { progressName: 'file', actions: [action, action] })),
    ),
    'shared/apply/patch-file#PatchFile': fuzzed(
      nearly(patchBytes),
      (bytes) =>
        withFile(bytes, (file) => {
          const patch = new patchFile['PatchFile'](() => openSync(file, 'r'));
          patch.overlay(Buffer.alloc(100), 0);
          return [patch.makes, patch.over, patch.rangeCount, patch.range(0)];
        }),
      'corrupt',
    ),
    'shared/manifest/packed-seen#unpackSeen': fuzzed(nearly(packedSeen), (bytes) => seen['unpackSeen'](bytes), 'corrupt'),
    'shared/disk/seen#unpackSeen': excused('of an array of numbers that this process has packed'),
    'shared/reconcile/step-codec#StepDecoder': excused('of steps that this process has packed'),
    'shared/disk/hash-protocol#unpackResult': excused('of what a thread of this process says'),
    'shared/disk/mounts#parseMounts': fuzzed(nearlyText('36 35 98:0 / /mnt\\040a rw - ext4 /dev/sda1 rw\n'), (text) =>
      mounts['parseMounts'](text),
    ),
    'shared/disk/link-file#decodeLinkFile': fuzzed(nearly(linkFile), (bytes) => link['decodeLinkFile'](bytes)),
    'shared/disk/link-file#readLinkFile': fuzzed(nearly(linkFile), (bytes) =>
      withFile(bytes, (file) => link['readLinkFile'](Buffer.from(file))),
    ),
    'shared/model/xattrs#parseXattrs': fuzzed(nearly(xattrs), (bytes) => attributes['parseXattrs'](bytes)),
    'shared/model/xattrs#unpackXattrs': reached('shared/model/xattrs#parseXattrs'),
    'shared/metrics/loopback#parseLoopback': fuzzed(nearlyText('127.0.0.1:7715', '[::1]:1', 'localhost:65535'), (text) =>
      loopback['parseLoopback'](text),
    ),
    'shared/model/rate#parseRate': fuzzed(nearlyText('5 MB/s', '40 Mbit/s', '0.5 kB/s'), (text) => rate['parseRate'](text)),
    'shared/scan/ignore-file#parseIgnoreFile': fuzzed(nearlyText('*.tmp\n!keep.tmp\n/cache/\n', '[a-\n\\\n**/x/**\n'), (text) => {
      try {
        return { list: ignoreFile['parseIgnoreFile']('a/b', Buffer.from(text).toString('latin1')) };
      } catch (error) {
        if (error instanceof ignoreFile['UnknownRules']) return null;
        throw error;
      }
    }),
    'shared/scan/ignore-file#readIgnoreFile': excused('reads bytes, and makes nothing of them'),
    'shared/scan/xattrs#XattrReader': excused('reads what this machine says of a file'),
    'shared/disk/xattrs#readXattrs': excused('reads what this machine says of a file'),
    'shared/scrub/progress#readScrubState': excused('of our own database, which only this program writes'),
    'shared/disk/proc#readProc': excused('reads text, and makes nothing of it'),
    'shared/disk/read-at#readAt': excused('reads bytes, and makes nothing of them'),
    'shared/scan/listing#readListing': excused('reads a folder: what may be in there is what file systems allow'),
    'shared/pki/pairing-code#decodePairingCode': fuzzed(
      nearlyText(pairingCode),
      (text) => code['decodePairingCode'](text).host.length,
    ),
    'shared/pki/request#readRequest': fuzzed(nearly(csr), (bytes) => void request['readRequest'](bytes)),
    'shared/pki/fingerprint#readCertificate': fuzzed(
      fc.oneof(nearly(...der), nearlyText(pem)),
      (input) => void certificate['readCertificate'](input),
    ),
    'shared/wire/streams#readOneAhead': excused('sets how far a stream reads ahead'),
    ...Object.fromEntries(WIRE_PARSERS.map((name) => [name, WIRE])),
    'shared/wire/convert-reading#readWishToWire': excused('writes'),
    'shared/wire/convert-reading#readNewsToWire': excused('writes'),
  };
}

/** What the messages of the protocol reach; see parsers.test.ts. */
const WIRE_PARSERS: readonly ParserName[] = [
  ...['kind', 'content', 'metadata', 'node', 'root', 'group'].map((what) => `shared/wire/convert-entry#${what}FromWire`),
  ...['stepBatchFromWire', 'unpackSteps'].map((name) => `shared/wire/convert-batch#${name}`),
  ...[
    'greeting',
    'createBlock',
    'createdBlock',
    'openSession',
    'sessionNews',
    'childrenQuestion',
    'children',
    'contentsQuery',
    'held',
  ].map((what) => `shared/wire/convert-session#${what}FromWire`),
  ...['signatureWish', 'signatureNews'].map((what) => `shared/wire/convert-signatures#${what}FromWire`),
  ...['basis', 'delivery', 'partial'].map((what) => `shared/wire/convert-delivery#${what}FromWire`),
  ...['sessions', 'versions', 'versionsQuestion'].map((what) => `shared/wire/convert-history#${what}FromWire`),
  ...['linkNews', 'linkWish'].map((what) => `shared/wire/convert-link#${what}FromWire`),
  ...['verifyNews', 'verifyWish'].map((what) => `shared/wire/convert-verify#${what}FromWire`),
  'shared/wire/convert-owners#ownerNamesFromWire',
  'shared/wire/convert-special#specialFromWire',
  'shared/wire/convert-step#stepFromWire',
  ...['applyOrder', 'applyNews'].map((what) => `shared/wire/convert-transfer#${what}FromWire`),
  ...['pairingWish', 'paired'].map((what) => `shared/wire/convert-pairing#${what}FromWire`),
  ...['readWish', 'readNews'].map((what) => `shared/wire/convert-reading#${what}FromWire`),
];
