import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { defer, from, lastValueFrom, of, toArray } from 'rxjs';
import { decodeError } from './decode-error.js';
import { decodeStream } from './decode-stream.js';
import { EndWatch } from './end-watch.js';
import { inspectCompletion } from './inspect-completion.js';
import { inspectStream } from './inspect-stream.js';
import { GatewayError } from '../../kernel/gateway-error.js';
import { SseEventTooLargeError, SseParser } from '../sse/sse-parser.js';
import { shapeFault } from '../../../test/support/event-arbitraries.js';
import { fuzz, FUZZ_TIMEOUT_MS } from '../../../test/support/fuzz.js';
import { createRedactor } from '../../../test/support/redactors.js';
import { secretSamples } from '../../../test/support/secret-samples.js';
import { damaged, misshapen, misshapenList } from '../../../test/support/wrong-shapes.js';

const redactor = createRedactor();
const [key = ''] = secretSamples.map(([, secret]) => secret);
/** The key where a word begins: damage may glue it to one, and no secret begins within a word. */
const whole = new RegExp(`(?<![A-Za-z0-9])${key}`);
const chunk = (delta: object, reason: string | null = null, more: object = {}): object => ({
  ...{ id: 'c', object: 'chat.completion.chunk', created: 1, model: 'gpt', choices: [{ index: 0, delta, logprobs: null, finish_reason: reason }] },
  ...more,
});
const usage = { prompt_tokens: 3, completion_tokens: 2, prompt_tokens_details: { cached_tokens: 1 }, completion_tokens_details: { reasoning_tokens: 1 } };
const chunks: readonly unknown[] = [
  chunk({ role: 'assistant', content: '' }),
  chunk({ reasoning_content: 'hm' }),
  chunk({ content: `the key ${key.slice(0, 30)}` }),
  chunk({ content: `${key.slice(30)} é👩‍👩‍👧` }),
  chunk({ tool_calls: [{ index: 0, id: 'call_1', type: 'function', function: { name: 'f', arguments: '{"a"' } }] }),
  chunk({ tool_calls: [{ index: 0, function: { arguments: `:"${key}"}` } }] }),
  chunk({}, 'tool_calls'),
  { ...chunk({}), choices: [], usage },
];
const frames = (messages: readonly unknown[]): Buffer => Buffer.from(`${messages.map((message) => `data: ${JSON.stringify(message)}\n\n`).join('')}data: [DONE]\n\n`);
/** Chunks of other shapes, bytes that were damaged, or both. */
const streams = fc.oneof(
  misshapenList(chunks).map((messages) => [frames(messages)]),
  damaged(frames(chunks)),
  misshapenList(chunks).chain((messages) => damaged(frames(messages))),
);

describe('a vendor’s stream of chunks that nobody expects', () => {
  it(
    'is read as far as it makes sense, or is an honest failure',
    async () => {
      await fuzz(
        fc.asyncProperty(streams, async (pieces) => {
          const events = await lastValueFrom(
            from(pieces).pipe(
              decodeStream(() => 1),
              toArray(),
            ),
          ).catch(ours);
          if (events) expect(shapeFault(events)).toBeUndefined();
        }),
      );
    },
    FUZZ_TIMEOUT_MS,
  );

  it(
    'passes through without the secrets that were in it',
    async () => {
      await fuzz(
        fc.asyncProperty(streams, async (pieces) => {
          const passed = await lastValueFrom(from(pieces).pipe(inspectStream(redactor, JSON.stringify, { end: new EndWatch(() => undefined) }), toArray())).catch(ours);
          if (passed) expect(Buffer.concat(passed).toString('latin1')).not.toMatch(whole);
        }),
      );
    },
    FUZZ_TIMEOUT_MS,
  );

  it(
    'and whole answers and errors too',
    async () => {
      const answer = { id: 'c', model: 'gpt', choices: [{ index: 0, message: { role: 'assistant', content: `it is ${key}` }, finish_reason: 'stop' }], usage };
      const body = fc.oneof(misshapen(answer), misshapen({ error: { message: 'no', type: 't', param: null, code: 7 } })).map((value) => Buffer.from(JSON.stringify(value)));
      await fuzz(
        fc.asyncProperty(
          fc.oneof(
            body.map((bytes) => [bytes]),
            body.chain(damaged),
          ),
          async (pieces) => {
            const bytes = Buffer.concat(pieces);
            const passed = await lastValueFrom(defer(() => of(inspectCompletion(bytes, redactor, JSON.stringify, 'choices')))).catch(ours);
            if (passed) expect(passed.toString()).not.toMatch(whole);
            decodeError(bytes.toString());
          },
        ),
      );
    },
    FUZZ_TIMEOUT_MS,
  );
});

describe(SseParser.name, () => {
  it(
    'reads any bytes, the same however they are cut',
    async () => {
      const bytes = fc.oneof(
        damaged(frames(chunks)),
        fc.uint8Array({ maxLength: 400 }).chain(damaged),
        fc.constant(Buffer.from('data: a\r\rid: 1\nretry: 5\r\n\n')).chain(damaged),
      );
      await fuzz(
        fc.property(bytes, (pieces) => {
          const parse = (given: readonly Uint8Array[]): unknown => {
            const parser = new SseParser(4096);
            try {
              return [...given.flatMap((piece) => parser.push(piece)), ...parser.end()];
            } catch (error) {
              if (!(error instanceof SseEventTooLargeError)) throw error;
              return 'too large';
            }
          };
          expect(parse(pieces)).toEqual(parse([Buffer.concat(pieces)]));
        }),
      );
    },
    FUZZ_TIMEOUT_MS,
  );
});

/** An error of the contract: the answer ends with it. */
function ours(error: unknown): undefined {
  if (!(error instanceof GatewayError)) throw error;
  expect(error.code).not.toBe('internal_error');
}
