import { describe, expect, it } from '@jest/globals';
import { faultOf, lanes, offsetsOf, piecesOf, samples } from './support/split-matrix.js';

/** The short form of redaction-splits.long-spec.ts. */
describe.each(lanes)('a secret in $name', (lane) => {
  it('goes, whole, cut in two and in three', () => {
    const faults: string[] = [];
    for (const [number, sample] of samples.entries()) {
      const pieces = piecesOf(sample.secret);
      const every = offsetsOf(sample);
      // Of a long one: its beginning, where it is decided what it is, and every third offset behind that.
      const offsets = every.filter((at) => at < 70 || at % 3 === 0);
      const some = offsets
        .filter((_, at) => at % 31 === number % 31)
        .flatMap((first, at) =>
          offsets
            .slice(at + 1)
            .filter((second) => second > first && second % 29 === at % 29)
            .map((second) => [first, second]),
        );
      for (const cuts of [[], ...offsets.map((at) => [at]), ...some]) faults.push(...[faultOf(lane, sample, pieces, cuts)].filter((fault) => fault !== undefined));
    }
    expect(faults).toEqual([]);
  });
});
