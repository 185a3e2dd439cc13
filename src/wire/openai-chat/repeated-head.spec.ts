import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { mayHoldFacts } from './read-facts.js';
import { RepeatedHead } from './repeated-head.js';
import { createRedactor } from '../../redaction/create-redactor.js';
import { contextSamples, secretSamples } from '../../../test/support/secret-samples.js';

const redactor = createRedactor();
const isClean = (text: string): boolean => !mayHoldFacts(text) && !redactor.suspicious(text);
const chunk = (content: string): string => `data: {"id":"chatcmpl-1","model":"m","choices":[{"index":0,"delta":{"content":"${content}"},"finish_reason":null}]}\n\n`;

const secrets = [...secretSamples, ...contextSamples].map((sample) => sample.at(-1) ?? '');
const word = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom('', ' word', 'naïve', '1', 'sk', ' the', 'é') },
  fc.constantFrom(...secrets),
  fc.tuple(fc.constantFrom(...secrets), fc.nat(9)).map(([secret, length]) => secret.slice(0, length)),
  fc.constantFrom('\\', '"', '":"', 'finish_reason":"', 'usage":{', '%', '%3', '\n\n', '\\u00', 'x":', '/'),
);
/** What is in every chunk of a stream, what is in one, and one that is made otherwise. */
const stream = fc
  .record({
    id: word,
    model: word,
    chunks: fc.array(fc.record({ content: word, other: fc.option(word, { nil: undefined }), raw: fc.boolean(), end: fc.constantFrom('\n\n', '\n\n', '\r\n\r\n', '\r\r') }), {
      maxLength: 12,
    }),
  })
  .map(({ id, model, chunks }) =>
    chunks.map(({ content, other, raw, end }) => {
      const value = raw ? `"${content}"` : JSON.stringify(content);
      return `data: {"id":${JSON.stringify(id)},"model":${JSON.stringify(other ?? model)},"choices":[{"delta":{"content":${value}}}]}${end}`;
    }),
  );

describe(RepeatedHead, () => {
  it('finds what a look at all of it finds, however the events come together', () => {
    fc.assert(
      fc.property(stream, fc.nat(4), (events, together) => {
        const head = new RepeatedHead();
        for (let at = 0; at < events.length; at += together + 1) {
          const text = Buffer.from(events.slice(at, at + together + 1).join('')).toString('latin1');
          const until = head.cleanUntil(text, isClean);
          expect(until === text.length).toBe(isClean(text));
          expect(isClean(text.slice(0, until))).toBe(true);
        }
      }),
      { numRuns: 2000 },
    );
  });

  it('looks at what differs alone, once it knows a stream', () => {
    const head = new RepeatedHead();
    const seen: string[] = [];
    for (const content of ['one', 'one more', 'and one', ' that', ' counts']) {
      seen.length = 0;
      expect(head.cleanUntil(chunk(content), (part) => seen.push(part) > 0)).toBe(chunk(content).length);
    }
    expect(seen).toEqual([' counts"},"finish_reason":null}]}\n\n']);
  });

  it('stops before the event that has something', () => {
    const head = new RepeatedHead();
    const events = [chunk('one'), chunk('two'), chunk('three'), chunk('gh'), chunk('four')];
    expect(head.cleanUntil(events.join(''), (part) => !part.includes('gh'))).toBe(events.slice(0, 3).join('').length);
  });
});
