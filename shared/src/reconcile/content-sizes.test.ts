import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Content } from '../model/entry.js';
import { ContentSizes } from './content-sizes.js';

/** Many that share some of their words, so that they meet at the same places. */
const word = fc.constantFrom('00000000', '00000001', 'ffffffff', '80000000', '0000ffff');
const hash = fc.tuple(word, word, word, word).map((words) => words.join(''));
const contents: fc.Arbitrary<Content[]> = fc.array(fc.record({ hash, sizeBytes: fc.maxSafeNat() }), { maxLength: 400 });

test('it knows what a Map would', () => {
  fc.assert(
    fc.property(contents, fc.array(hash), (added, others) => {
      const sizes = new ContentSizes();
      const map = new Map<string, number>();
      for (const content of added) {
        assert.equal(sizes.get(content.hash), map.get(content.hash));
        sizes.set(content);
        map.set(content.hash, content.sizeBytes);
      }
      for (const one of [...map.keys(), ...others]) assert.equal(sizes.get(one), map.get(one));
    }),
  );
});
