import { describe, expect, it } from '@jest/globals';
import { faultOf, lanes, offsetsOf, piecesOf, type Sample, samples } from './support/split-matrix.js';

/** Of a longer sample the second cut is made at every fifth offset behind the first, and at the next ones. */
const LONG = 130;
const MINUTES = 60_000;

function* cutsOf(sample: Sample): Generator<number[]> {
  const offsets = offsetsOf(sample);
  const stride = offsets.length > LONG ? 5 : 1;
  yield [];
  for (const first of offsets) {
    yield [first];
    for (const second of offsets) if (second > first && (second - first < 4 || (second - first) % stride === 0)) yield [first, second];
  }
}

describe.each(lanes)('a secret in $name', (lane) => {
  it(
    'goes, whole and cut in two and three at every offset',
    () => {
      const faults: string[] = [];
      let count = 0;
      for (const sample of samples) {
        const pieces = piecesOf(sample.secret);
        for (const cuts of cutsOf(sample)) {
          count++;
          const fault = faultOf(lane, sample, pieces, cuts);
          if (fault !== undefined && faults.length < 20) faults.push(fault);
        }
      }
      console.log(`${lane.name}: ${samples.length} secrets, ${count} ways of cutting them`);
      expect(faults).toEqual([]);
    },
    5 * MINUTES,
  );
});
