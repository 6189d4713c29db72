import assert from 'node:assert/strict';
import { test } from 'node:test';
import { limits } from '@btsoot/shared/model/limits.js';
import fc from 'fast-check';
import { requestsOf } from './requests.js';

test('every region is asked for once, ascending and apart within each request', () => {
  const question = fc.record({
    basis: fc.nat(2),
    region: fc.record({ from: fc.nat(5_000), lengthBytes: fc.integer({ min: 1, max: 500 }), blockBytes: fc.constant(64) }),
  });
  fc.assert(
    fc.property(fc.array(question, { maxLength: 200 }), (questions) => {
      const requests = requestsOf(questions);
      assert.deepEqual(new Set(requests.flatMap((request) => request.questions)), new Set(questions));
      for (const { basis, questions: some } of requests) {
        let end = 0;
        for (const { basis: own, region } of some) {
          assert.equal(own, basis);
          assert.ok(region.from >= end);
          end = region.from + region.lengthBytes;
        }
      }
    }),
  );
});

test('regions that are apart take no more requests than they must', () => {
  const questions = Array.from({ length: limits.signatureRegionsPerRequestMax + 1 }, (_, index) => ({
    basis: 0,
    region: { from: index * 100, lengthBytes: 100, blockBytes: 64 },
  }));
  assert.deepEqual(
    requestsOf(questions).map((request) => request.questions.length),
    [limits.signatureRegionsPerRequestMax, 1],
  );
});
