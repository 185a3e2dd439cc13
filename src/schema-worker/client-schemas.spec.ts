import { afterAll, describe, expect, it, jest } from '@jest/globals';
import { type Asker, ClientSchemas } from './client-schemas.js';
import { type JsonFormat } from '../structured-output/answer-format.js';

type Schema = Record<string, unknown>;

const object: JsonFormat = { type: 'json-object' };
const person: JsonFormat = { type: 'json-schema', name: 'person', schema: { type: 'object', properties: { age: { type: 'integer' } }, required: ['age'] } };
const word: JsonFormat = { type: 'json-schema', name: 'word', schema: { type: 'string' } };
const of = (schema: Schema): JsonFormat => ({ type: 'json-schema', name: 'x', schema });

const asker: Asker = { owner: 'me', signal: new AbortController().signal };
const another: Asker = { ...asker, owner: 'another' };

const endless = { properties: { a: { type: 'string', pattern: '^(a+)+$' } } };
const endlessValue = { a: `${'a'.repeat(50)}b` };
/** Takes seconds to compile. @param salt makes it another schema */
const slow = (salt: number): Schema => ({ properties: Object.fromEntries(Array.from({ length: 9900 }, (_, index) => [`p${index}`, { pattern: `a${salt}` }])) });
const tooSlow = { code: 'invalid_parameter', param: 'response_format', message: 'Invalid schema for response_format: it takes too long to compile.' };

describe(ClientSchemas.name, () => {
  const schemas = new ClientSchemas();
  afterAll(() => schemas.onApplicationShutdown());
  jest.setTimeout(60_000);

  it.each<[string, JsonFormat, string, object]>([
    ['an object', object, '{"a":1}', { json: '{"a":1}' }],
    ['an object in a fence', object, '```json\n{"a":1}\n```', { json: '{"a":1}' }],
    ['an array', object, '[1]', { problems: ['the value must be a JSON object'] }],
    ['null', object, 'null', { problems: ['the value must be a JSON object'] }],
    ['words', object, 'hello', { problems: ['the answer holds no valid JSON'] }],
    ['two objects', object, '{"a":1} {"a":2}', { problems: ['the answer holds several JSON values'] }],
    ['many values', object, '[1] '.repeat(30) + Array.from({ length: 30 }, (_, index) => `[${index}]`).join(' '), { problems: ['the answer holds several JSON values'] }],
    ['what fits', person, 'It is {"age": 3}.', { json: '{"age": 3}' }],
    ['the one of two that fits', person, 'As in [1]: {"age": 3}', { json: '{"age": 3}' }],
    ['a draft and the last word', person, '{"age": 3}, no, {"age": 4}', { problems: ['the answer holds several JSON values'] }],
    ['what does not fit', person, '{"age": "x"}', { problems: ['/age must be integer'] }],
    ['a scalar', word, ' "x" ', { json: '"x"' }],
    ['a big number as it was written', person, '{"age": 12345678901234567890}', { json: '{"age": 12345678901234567890}' }],
  ])('%s', async (_, format, text, expected) => {
    expect(await schemas.check(format, text, false, asker)).toEqual(expected);
  });

  it('exactly: no fence, no words', async () => {
    expect(await schemas.check(person, ' {"age":3}\n', true, asker)).toEqual({ json: '{"age":3}' });
    expect(await schemas.check(person, '```\n{"age":3}\n```', true, asker)).toEqual({ problems: ['the answer is not JSON'] });
    expect(await schemas.check(person, '{"age":"x"}', true, asker)).toEqual({ problems: ['/age must be integer'] });
  });

  it('an object that is too long to be looked at here', async () => {
    const long = JSON.stringify({ text: 'x'.repeat(100_000) });
    expect(await schemas.check(object, `So: ${long}`, false, asker)).toEqual({ json: long });
    expect(await schemas.check(object, `[${long}]`, false, asker)).toEqual({ problems: ['the value must be a JSON object'] });
  });

  it('says what is wrong with a schema, and says it again', async () => {
    for (let time = 0; time < 2; time++) {
      await expect(schemas.prepare({ type: 'nothing' }, asker)).rejects.toMatchObject({ code: 'invalid_parameter', param: 'response_format' });
      await schemas.prepare({ type: 'object' }, asker);
    }
    await expect(schemas.prepare({ enum: Array.from({ length: 30_000 }, (_, index) => index) }, asker)).rejects.toThrow('more than 20000 values');
  });

  it('ends what takes too long, however many values there are: a pattern, a schema with exponentially many ways', async () => {
    const ways = { $ref: '#/$defs/a', $defs: { a: { anyOf: [{ properties: { a: { $ref: '#/$defs/a' }, x: false } }, { properties: { a: { $ref: '#/$defs/a' }, x: false } }] } } };
    let deep: Schema = { x: 1 };
    for (let level = 0; level < 40; level++) deep = { a: deep };
    for (const [schema, value] of [
      [endless, endlessValue],
      [ways, deep],
    ] as const) {
      const problems = ['it takes too long to be checked against the schema'];
      const many = Array.from({ length: 20 }, (_, number) => JSON.stringify({ ...value, number })).join('\n');
      expect(await schemas.check(of(schema), many, false, asker)).toEqual({ problems });
    }
    expect(await schemas.check(person, '{"age": 3}', true, asker)).toEqual({ json: '{"age": 3}' });
  });

  it('ends what takes too much memory', async () => {
    const text = `[${'1,'.repeat(2_000_000)}1]`;
    expect(await schemas.check(of({ items: { allOf: Array.from({ length: 20 }, () => ({ type: 'string' })) } }), text, true, asker)).toEqual({
      problems: [expect.stringMatching(/takes too (long|much memory) to be checked/)],
    });
    expect(await schemas.check(person, '{"age": 3}', true, asker)).toEqual({ json: '{"age": 3}' });
  });

  it('looks at no answer that is longer than models speak', async () => {
    expect(await schemas.check(word, JSON.stringify('x'.repeat(5_000_000)), true, asker)).toEqual({ problems: ['it is longer than 4194304 characters'] });
  });

  it('says so of what is too deep to be checked', async () => {
    const list = { $ref: '#/$defs/list', $defs: { list: { items: { $ref: '#/$defs/list' } } } };
    const depth = 100_000;
    expect(await schemas.check(of(list), '['.repeat(depth) + ']'.repeat(depth), false, asker)).toEqual({ problems: ['it is too deep to be checked against the schema'] });
  });

  it("a schema that takes too long to compile holds up its owner's, and nobody else's", async () => {
    const order: string[] = [];
    const note = (name: string) => (): void => void order.push(name);
    const slows = [1, 2].map((salt) =>
      expect(schemas.prepare(slow(salt), asker))
        .rejects.toMatchObject(tooSlow)
        .then(note('slow')),
    );
    const own = schemas.check(person, '{"age": 3}', true, asker).then(note('own'));
    await schemas.check(person, '{"age": 3}', true, another).then(note('another'));
    await Promise.all([...slows, own]);
    expect([order.filter((name) => name !== 'another'), order.indexOf('another') < 2]).toEqual([['slow', 'slow', 'own'], true]);
    // It is known now.
    await expect(schemas.prepare(slow(1), asker)).rejects.toMatchObject(tooSlow);
  });

  it('gives up the wait of who leaves, and refuses who comes when too many wait', async () => {
    const busy = schemas.check(of(endless), JSON.stringify(endlessValue), true, asker);
    const abort = new AbortController();
    const left = expect(schemas.check(word, '"x"', true, { owner: 'me', signal: abort.signal })).rejects.toThrow('left');
    abort.abort(new Error('left'));
    await left;
    const waiting = Array.from({ length: 70 }, () => schemas.check(word, '"x"', true, asker).catch((error: unknown) => error));
    const outcomes = await Promise.all(waiting);
    expect(outcomes.filter((outcome) => outcome instanceof Error)).toEqual(Array.from({ length: 6 }, () => expect.objectContaining({ code: 'queue_full' })));
    await busy;
  });
});

describe('a shutdown', () => {
  it('ends the threads with what they are at, and refuses what comes', async () => {
    const schemas = new ClientSchemas();
    await schemas.prepare({}, another);
    const busy = expect(schemas.check(of(endless), JSON.stringify(endlessValue), true, asker)).rejects.toMatchObject({ code: 'shutting_down' });
    const waiting = expect(schemas.check(word, '"x"', true, asker)).rejects.toMatchObject({ code: 'shutting_down' });
    await new Promise(setImmediate);
    await schemas.onApplicationShutdown();
    await Promise.all([busy, waiting, expect(schemas.prepare({}, { ...asker, owner: 'late' })).resolves.toBeUndefined()]);
    await expect(schemas.check(word, '"x"', true, asker)).rejects.toMatchObject({ code: 'shutting_down' });
  });
});
