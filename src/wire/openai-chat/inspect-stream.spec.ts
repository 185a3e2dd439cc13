import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { from, lastValueFrom, Subject, throwError, toArray } from 'rxjs';
import { inspectStream } from './inspect-stream.js';
import { type Facts } from '../../kernel/answer.js';
import { createRedactor, passThroughRedactor } from '../../../test/support/redactors.js';
import { contextSamples, secretSamples } from '../../../test/support/secret-samples.js';

const redactor = createRedactor();
const ignore = (): void => undefined;
const key = secretSamples[0]![1];

async function inspect(pieces: readonly Buffer[], observe: (facts: Facts) => void = ignore): Promise<Buffer[]> {
  return lastValueFrom(from(pieces).pipe(inspectStream(redactor, observe), toArray()));
}

async function inspectText(text: string): Promise<string> {
  return Buffer.concat(await inspect([Buffer.from(text)])).toString();
}

const chunk = (delta: object, more: object = {}, choice: object = {}): string =>
  `data: ${JSON.stringify({ id: 'chatcmpl-B9MBs8CjcvOU2jLn4n570S5qMJKcT', object: 'chat.completion.chunk', created: 1741569952, model: 'gpt-5', service_tier: 'default', system_fingerprint: 'fp_44709d6fcb', ...more, choices: [{ index: 0, delta, finish_reason: null, ...choice }] })}\n\n`;
const finish = chunk({}, {}, { finish_reason: 'stop' });
const done = 'data: [DONE]\n\n';

interface Chunk {
  choices?: { index: number; delta: Record<string, unknown>; finish_reason: string | null; logprobs?: unknown }[];
}

function chunksOf(text: string): Chunk[] {
  return text
    .split('\n')
    .filter((line) => line.startsWith('data: {'))
    .map((line) => JSON.parse(line.slice(6)) as Chunk);
}

const textOf = (stream: string, field: string, index = 0): string =>
  chunksOf(stream)
    .flatMap(({ choices = [] }) => choices)
    .filter((choice) => choice.index === index)
    .map(({ delta }) => (delta[field] as string | undefined) ?? '')
    .join('');

const argumentsOf = (stream: string, index: number): string =>
  chunksOf(stream)
    .flatMap(({ choices = [] }) => choices.flatMap(({ delta }) => (delta['tool_calls'] ?? []) as { index: number; function?: { arguments?: string } }[]))
    .filter((call) => call.index === index)
    .map((call) => call.function?.arguments ?? '')
    .join('');

function cutBytes(bytes: Buffer, cuts: readonly number[]): Buffer[] {
  const ends = [...new Set(cuts.map((at) => at % (bytes.length + 1)))].sort((a, b) => a - b);
  return [...ends, bytes.length].map((end, index) => bytes.subarray(ends[index - 1] ?? 0, end));
}

describe('inspectStream on clean text', () => {
  it('passes the very same Buffers', async () => {
    const pieces = [chunk({ role: 'assistant', content: '' }), chunk({ content: 'Hello, wörld.' }) + chunk({ content: ' is it "me"?\n' }), finish, done].map((text) =>
      Buffer.from(text),
    );
    const passed = await inspect(pieces);
    expect(passed).toHaveLength(4);
    passed.forEach((piece, index) => {
      expect(piece).toBe(pieces[index]);
    });
  });

  it.each([
    ['comments', ': keep-alive\n\n'],
    ['CRLF', chunk({ content: 'a' }).replaceAll('\n', '\r\n')],
    ['CR', chunk({ content: 'a' }).replaceAll('\n', '\r')],
    ['no blank after the colon', 'data:{"choices":[{"index":0,"delta":{"content":"is"}}]}\n\n'],
    ['several data lines', 'data: {"choices":\ndata: [{"index":0,"delta":{"content":"is"}}]}\n\n'],
    ['an event name and an id', 'event: message\nid: 1\ndata: {"choices":[{"index":0,"delta":{"content":"is"}}]}\n\n'],
    ['no choices', 'data: {"choices":[],"prompt_filter_results":[{"prompt_index":0}]}\n\n'],
    ['a null delta', 'data: {"choices":[{"index":0,"delta":null}]}\n\n'],
    ['numbers and unknown fields', 'data: {"x":1.0,"y":12345678901234567890,"choices":[{"index":0,"delta":{"content":"a","z":1e3}}]}\n\n'],
    ['what is no JSON', 'data: {"choices":[{sk-\n\n'],
    ['JSON that is no object', 'data: "sk-"\n\ndata: 7\n\ndata: null\n\n'],
    ['an error', 'data: {"error":{"message":"The key sk-...abcd is wrong","code":null}}\n\n'],
    ['no blank line at the end', 'data: {"choices":[]}'],
    ['a byte order mark', `\uFEFF${chunk({ content: 'a' })}`],
  ])('passes %s as sent, however cut', async (_, text) => {
    const bytes = Buffer.from(text);
    // A text of another choice that may begin a secret makes the inspector read every event.
    const active = Buffer.from(chunk({ content: 'sk-' }, {}, { index: 5 }));
    for (let at = 0; at <= bytes.length; at++) {
      const pieces = [bytes.subarray(0, at), bytes.subarray(at)];
      expect(Buffer.concat(await inspect(pieces)).toString()).toBe(text);
      const read = Buffer.concat(await inspect([active, ...pieces])).toString();
      expect(read).toContain(text);
      expect(read).toContain('{"index":5,"delta":{"content":"sk-"}');
    }
  });

  it('lets a stream flow: no text is held back that cannot begin a secret', () => {
    const source = new Subject<Buffer>();
    const seen: string[] = [];
    source.pipe(inspectStream(redactor, ignore)).subscribe((piece) => seen.push(textOf(piece.toString(), 'content')));
    for (const word of ['This', ' is', ' a', ' task', '.', ' See', '\n', '-', ' it', ' s', 'o', 'sk-', '1']) source.next(Buffer.from(chunk({ content: word })));
    expect(seen).toEqual(['This', ' is', ' a', ' task', '.', ' See', '\n', '', '- it', ' ', 'so', '', '']);
  });
});

describe('inspectStream on secrets', () => {
  it.each([...secretSamples.map(([kind, secret]) => [kind, '', secret] as const), ...contextSamples])(
    'redacts a %s in every field, however split',
    async (kind, before, secret) => {
      const text = `The one: ${before}${secret}, no other.`;
      const expected = `The one: ${before}[REDACTED:${kind}], no other.`;
      for (const field of ['content', 'reasoning_content', 'reasoning', 'refusal']) {
        for (const size of [1, 2, 7, 30, 10_000]) {
          const pieces = text.match(new RegExp(`[^]{1,${size}}`, 'g'))!;
          const stream = pieces.map((piece) => chunk({ [field]: piece })).join('') + finish + done;
          const redacted = await inspectText(stream);
          expect(textOf(redacted, field)).toBe(expected);
          expect(redacted.endsWith(finish + done)).toBe(true);
        }
      }
    },
  );

  it('does so for any split of text and bytes', async () => {
    const samples = [...secretSamples.map(([, secret]) => secret), ...contextSamples.map(([, before, secret]) => before + secret)];
    const word = fc.oneof(fc.constantFrom(...samples), fc.constantFrom('is', 'sk-', 's', '\\', '"', 'é', '👩', '%3D', 'a\\nb', '-'), fc.string({ maxLength: 8 }));
    const texts = fc.array(word, { minLength: 1, maxLength: 6 }).map((words) => words.join(' ').replace(/[\ud800-\udfff]/g, ''));
    await fc.assert(
      fc.asyncProperty(texts, fc.array(fc.nat(), { maxLength: 12 }), fc.array(fc.nat(), { maxLength: 12 }), fc.boolean(), async (text, cuts, byteCuts, escaped) => {
        const pieces = cutBytes(
          Buffer.from(text, 'utf16le'),
          cuts.map((at) => (at * 2) % (text.length * 2 + 2)),
        ).map((piece) => piece.toString('utf16le'));
        const plain = pieces.map((piece) => chunk({ content: piece })).join('') + finish + done;
        // As servers write that escape what is not ASCII, and more.
        const stream = escaped ? plain.replace(/[^\n -~]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`) : plain;
        const redacted = Buffer.concat(await inspect(cutBytes(Buffer.from(stream), byteCuts))).toString();
        for (const sample of samples) expect(textOf(redacted, 'content')).not.toContain(sample);
        expect(textOf(redacted, 'content')).toBe(redactor.redact(text));
      }),
      { numRuns: 500 },
    );
  });

  it('sees through escapes of the wire', async () => {
    const escaped = [...key].map((character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
    for (const size of [1, 5, 1000]) {
      const pieces = Array.from({ length: Math.ceil(escaped.length / size) }, (_, at) => escaped.slice(at * size, (at + 1) * size).join(''));
      const stream = pieces.map((piece) => chunk({ content: 'PIECE' }).replace('PIECE', piece)).join('') + finish;
      expect(textOf(await inspectText(stream), 'content')).toBe('[REDACTED:anthropic-key]');
    }
  });

  it.each([
    ['an escape of source text', 'echo "a\\', 'n'],
    ['an escape of source text, and behind it', 'echo "a\\n', ''],
    ['a percent-encoded character', 'k%3', 'D'],
    ['a percent-encoded character, and behind it', 'k%3D', ''],
  ])('knows where a word begins when chunks cut %s', async (_, first, second) => {
    const stream = chunk({ content: first }) + chunk({ content: second + key }) + finish;
    expect(textOf(await inspectText(stream), 'content')).toBe(`${first}${second}[REDACTED:anthropic-key]`);
  });

  it('redacts an event of several data lines, however the network cuts it', async () => {
    const event = `data: {"choices":\ndata: [{"index":0,"delta":{"content":"a ${key}"}}]}\r\n\r\n`;
    const bytes = Buffer.from(event);
    for (let at = 0; at <= bytes.length; at++) {
      for (const pieces of [
        [bytes.subarray(0, at), bytes.subarray(at)],
        [bytes.subarray(0, at), bytes.subarray(at, at + 1), bytes.subarray(at + 1)],
      ]) {
        expect(textOf(Buffer.concat(await inspect(pieces)).toString(), 'content')).toBe('a [REDACTED:anthropic-key]');
      }
    }
  });

  it('keeps choices and tool calls apart, and arguments JSON', async () => {
    const half = key.length >> 1;
    const calls = (index: number, json: string): object => ({ tool_calls: [{ index, function: { arguments: json } }] });
    const json = JSON.stringify({ path: 'a\n', text: `key:\n${key}` });
    const stream = [
      chunk({ content: key.slice(0, half) }),
      chunk({ content: key.slice(half) }, {}, { index: 1 }),
      chunk({ tool_calls: [{ index: 0, id: 'call_1', type: 'function', function: { name: 'npm', arguments: '' } }] }),
      ...[...json].map((character) => chunk(calls(0, character))),
      chunk(calls(1, '{"a":1}')),
      chunk({ content: key.slice(half) }),
      chunk({}, {}, { finish_reason: 'tool_calls' }),
      done,
    ].join('');
    const redacted = await inspectText(stream);
    expect(textOf(redacted, 'content', 0)).toBe('[REDACTED:anthropic-key]');
    expect(textOf(redacted, 'content', 1)).toBe(key.slice(half));
    expect(JSON.parse(argumentsOf(redacted, 0))).toEqual({ path: 'a\n', text: 'key:\n[REDACTED:anthropic-key]' });
    expect(argumentsOf(redacted, 1)).toBe('{"a":1}');
    expect(redacted).toContain('"name":"npm"');
  });

  it('gives a name that ends like the beginning of a secret whole, in the chunk that began it', async () => {
    const call = (more: object): string => chunk({ tool_calls: [{ index: 0, ...more }] });
    const begun = call({ id: 'call_1', type: 'function', function: { name: 'list_sk-', arguments: '' } });
    const ask = chunk({ content: 'ask' });
    for (const rest of [call({ function: { arguments: '{}' } }) + finish + done, call({ function: { name: '', arguments: '{}' } }), done, '']) {
      expect(await inspectText(ask + begun + rest)).toBe(ask + begun + rest);
    }
    const pieces = await inspect(
      [begun, ': still here\n\n', call({ function: { name: key.slice(3), arguments: '' } }), call({ function: { arguments: '{}' } }), done].map((text) => Buffer.from(text)),
    );
    const redacted = Buffer.concat(pieces).toString();
    expect(chunksOf(redacted)[0]?.choices?.[0]?.delta).toEqual({
      tool_calls: [{ index: 0, id: 'call_1', type: 'function', function: { name: 'list_[REDACTED:anthropic-key]', arguments: '' } }],
    });
    expect(pieces.every(({ length }) => length > 0)).toBe(true);
    expect(argumentsOf(redacted, 0)).toBe('{}');
    const endless = Array.from({ length: 200 }, () => call({ function: { name: 'sk-' } }));
    expect((await inspect(endless.slice(0, 100).map((text) => Buffer.from(text)))).length).toBeGreaterThan(1);
  });

  it('gives out what is held before the finish, at [DONE] and at the end', async () => {
    const held = await inspectText(chunk({ content: 'ask sk-' }, { usage: null, x: 1 }) + finish + done);
    expect(chunksOf(held).map(({ choices }) => choices?.[0]?.delta['content'])).toEqual(['ask ', 'sk-', undefined]);
    expect(chunksOf(held)[1]).toMatchObject({ id: 'chatcmpl-B9MBs8CjcvOU2jLn4n570S5qMJKcT', model: 'gpt-5', choices: [{ finish_reason: null }] });
    expect(held.endsWith(finish + done)).toBe(true);
    const atDone = await inspectText(chunk({ content: 'ask sk-' }, { usage: null, x: 1 }) + done);
    expect(textOf(atDone, 'content')).toBe('ask sk-');
    expect(chunksOf(atDone)[1]).toMatchObject({ usage: null, x: 1 });
    expect(atDone.endsWith(done)).toBe(true);
    expect(textOf(await inspectText(chunk({ content: 'ask sk-' })), 'content')).toBe('ask sk-');
    const own = chunksOf(await inspectText(chunk({ content: 'ask sk-' }, {}, { finish_reason: 'stop' })));
    expect(own).toHaveLength(1);
    expect(own[0]?.choices?.[0]?.delta['content']).toBe('ask sk-');
  });

  it('keeps the rest of a changed event', async () => {
    const event = `id: 7\n: note\n${chunk({ role: 'assistant', content: `a ${key} b`, odd: [1, null] }, { x: { y: [true] } }, { logprobs: { content: [{ token: 'sk' }] } })}`;
    const redacted = await inspectText(event);
    expect(redacted.startsWith('id: 7\n: note\ndata: {')).toBe(true);
    expect(chunksOf(redacted)[0]).toMatchObject({ x: { y: [true] }, choices: [{ delta: { role: 'assistant', odd: [1, null] }, logprobs: null }] });
  });

  it.each([
    ['an error', `data: {"error":{"message":"bad key ${key}"}}\n\n`, 'data: {"error":{"message":"bad key [REDACTED:anthropic-key]"}}\n\n'],
    ['a comment', `: ${key}\n\n`, ': [REDACTED:anthropic-key]\n\n'],
    ['what is no JSON', `data: oops ${key}\n\n`, 'data: oops [REDACTED:anthropic-key]\n\n'],
  ])('redacts %s', async (_, event, expected) => {
    expect(await inspectText(event)).toBe(expected);
  });
});

describe('inspectStream', () => {
  it('reads facts, whole and cut, and tells them as they come', async () => {
    const usage = { prompt_tokens: 9, completion_tokens: 12, prompt_tokens_details: { cached_tokens: 3 }, completion_tokens_details: { reasoning_tokens: 5 } };
    const last = `data: ${JSON.stringify({ model: 'gpt-5', choices: [], usage })}\n\n`;
    for (const text of [chunk({ content: 'a' }) + finish + last + done, (finish + last).replaceAll('":', '": ')]) {
      for (const pieces of [[Buffer.from(text)], [...Buffer.from(text)].map((byte) => Buffer.of(byte))]) {
        const told: Facts[] = [];
        await inspect(pieces, (facts) => told.push(facts));
        expect(told).toEqual([
          { model: 'gpt-5', reason: 'stop' },
          { model: 'gpt-5', reason: 'stop', usage: { inputTokens: 9, outputTokens: 12, cachedInputTokens: 3, reasoningTokens: 5 } },
        ]);
      }
    }
  });

  it('forwards whole events before the one that is cut', () => {
    const source = new Subject<Buffer>();
    const seen: string[] = [];
    source.pipe(inspectStream(redactor, ignore)).subscribe((piece) => seen.push(piece.toString()));
    source.next(Buffer.from(`${finish}data: `));
    expect(seen).toEqual([finish]);
    source.next(Buffer.from('{}\n\n'));
    expect(seen).toEqual([finish, 'data: {}\n\n']);
    source.next(Buffer.from('data: 1\r\n\r'));
    source.next(Buffer.from('\n'));
    expect(seen.slice(2)).toEqual(['data: 1\r\n\r', '\n']);
  });

  it('bounds an event', async () => {
    const endless = Array.from({ length: 10 }, () => Buffer.alloc(1024 ** 2, 'a'));
    await expect(inspect(endless)).rejects.toMatchObject({ code: 'output_limit_exceeded' });
  });

  it('passes errors and drops what is held, and unsubscribes', async () => {
    await expect(lastValueFrom(throwError(() => new Error('gone')).pipe(inspectStream(redactor, ignore)))).rejects.toThrow('gone');
    const source = new Subject<Buffer>();
    const subscription = source.pipe(inspectStream(redactor, ignore)).subscribe();
    subscription.unsubscribe();
    expect(source.observed).toBe(false);
  });

  it('leaves secrets where redaction is off', async () => {
    const piece = Buffer.from(chunk({ content: key }));
    expect(await lastValueFrom(from([piece]).pipe(inspectStream(passThroughRedactor, ignore)))).toBe(piece);
  });
});
