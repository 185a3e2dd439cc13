import { describe, expect, it } from '@jest/globals';
import { from, lastValueFrom, toArray } from 'rxjs';
import { endsWhole } from './ends-whole.js';

const read = (pieces: string[]): Promise<string> =>
  lastValueFrom(from(pieces.map((piece) => Buffer.from(piece))).pipe(endsWhole(), toArray())).then((all) => Buffer.concat(all).toString());
const delta = 'data: {"choices":[{"delta":{"content":"x"},"finish_reason":null}]}\n\n';

describe(endsWhole.name, () => {
  it.each([
    ['[DONE]', [delta, 'data: [DONE]\n\n']],
    ['[DONE] letter by letter', [delta, ...'data: [DONE]\n\n'.split('')]],
    ['[DONE] in two pieces', [delta, 'data: [DO', 'NE]\n\n']],
    ['a finish reason', [delta, 'data: {"choices":[{"delta":{},"finish_reason": "stop"}]}\n\n', 'data: {"choices":[],"usage":{}}\n\n']],
    ['an error of its own', [delta, 'data: {"error":{"message":"x"}}\n\n']],
  ])('passes a stream that ends with %s', async (_, pieces) => {
    expect(await read(pieces)).toBe(pieces.join(''));
  });

  it.each([
    ['after a delta', [delta, delta]],
    ['before anything', []],
    ['after a text that speaks of it', ['data: {"choices":[{"delta":{"content":"say [DONE] and \\"finish_reason\\":\\"stop\\""},"finish_reason":null}],"error":null}\n\n']],
  ])('errors for a stream that closes %s', async (_, pieces) => {
    await expect(read(pieces)).rejects.toMatchObject({ code: 'upstream_error' });
  });
});
