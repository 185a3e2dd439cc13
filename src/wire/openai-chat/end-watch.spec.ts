import { describe, expect, it } from '@jest/globals';
import { from, lastValueFrom, toArray } from 'rxjs';
import { EndWatch } from './end-watch.js';
import { inspectStream } from './inspect-stream.js';
import { passThroughRedactor } from '../../redaction/create-redactor.js';

const read = (pieces: string[], failed = (): void => undefined): Promise<string> =>
  lastValueFrom(
    from(pieces.map((piece) => Buffer.from(piece))).pipe(
      inspectStream(passThroughRedactor, () => undefined, { end: new EndWatch(failed) }),
      toArray(),
    ),
  ).then((all) => Buffer.concat(all).toString());
const delta = 'data: {"choices":[{"delta":{"content":"x"},"finish_reason":null}]}\n\n';

describe(EndWatch, () => {
  it.each([
    ['[DONE]', [delta, 'data: [DONE]\n\n']],
    ['[DONE] letter by letter', [delta, ...'data: [DONE]\n\n'.split('')]],
    ['[DONE] in two pieces', [delta, 'data: [DO', 'NE]\n\n']],
    ['a finish reason', [delta, 'data: {"choices":[{"delta":{},"finish_reason": "stop"}]}\n\n', 'data: {"choices":[],"usage":{}}\n\n']],
    ['chunks letter by letter', `${delta}data: [DONE]\n\n`.split('')],
    ['chunks without a blank', ['data:{"choices":[]}\n\n', 'data:[DONE]\n\n']],
    ['an error of its own', [delta, 'data: {"error":{"message":"x"}}\n\n']],
  ])('passes a stream that ends with %s', async (_, pieces) => {
    expect(await read(pieces)).toBe(pieces.join(''));
  });

  it.each([
    ['after a delta', [delta, delta]],
    ['before anything', []],
    ['without a chunk', ['data: [DONE]\n\n']],
    ['with comments alone', [': hi\n\n', 'data: [DO', 'NE]\n\n']],
    ['after a text that speaks of it', ['data: {"choices":[{"delta":{"content":"say [DONE] and \\"finish_reason\\":\\"stop\\""},"finish_reason":null}],"error":null}\n\n']],
  ])('errors for a stream that closes %s', async (_, pieces) => {
    await expect(read(pieces)).rejects.toMatchObject({ code: 'upstream_error' });
  });

  it.each([
    [true, [delta, 'data: {"error":{"message":"x"}}\n\n']],
    [true, [delta, 'data: {"error": {"message":"x"}}\n\n', 'data: [DONE]\n\n']],
    [false, [delta, 'data: [DONE]\n\n']],
    [false, ['data: {"choices":[{"delta":{"content":"data: {\\"error\\":{}}"},"finish_reason":"stop"}],"error":null}\n\n']],
  ])('says whether the vendor told of an error: %s', async (expected, pieces) => {
    let told = false;
    await read(pieces, () => {
      told = true;
    });
    expect(told).toBe(expected);
  });
});
