import { describe, expect, it } from '@jest/globals';
import { inspectCompletion } from './inspect-completion.js';
import { type Facts } from '../../kernel/answer.js';
import { createRedactor } from '../../../test/support/redactors.js';
import { secretSamples } from '../../../test/support/secret-samples.js';

const redactor = createRedactor();
const key = secretSamples[0]![1];

const ignore = (): void => undefined;
const inspectText = (text: string): string => inspectCompletion(Buffer.from(text), redactor, ignore).toString();

describe('inspectCompletion', () => {
  const body = JSON.stringify({
    model: 'gpt-5',
    choices: [{ index: 0, message: { role: 'assistant', content: 'It is "so".\nWörld', refusal: null }, finish_reason: 'length' }],
    usage: { prompt_tokens: 1, completion_tokens: 2 },
  });

  it('passes the very same Buffer and reads the facts', () => {
    const told: Facts[] = [];
    const bytes = Buffer.from(body);
    expect(inspectCompletion(bytes, redactor, (facts) => told.push(facts))).toBe(bytes);
    expect(told).toEqual([{ model: 'gpt-5', reason: 'length', usage: { inputTokens: 1, outputTokens: 2 } }]);
  });

  it('reads what embeddings cost, which put nothing out', () => {
    const told: Facts[] = [];
    const embeddings = JSON.stringify({ object: 'list', data: [{ object: 'embedding', index: 0, embedding: [0.1] }], model: 'e', usage: { prompt_tokens: 7, total_tokens: 7 } });
    inspectCompletion(Buffer.from(embeddings), redactor, (facts) => told.push(facts));
    expect(told).toEqual([{ model: 'e', usage: { inputTokens: 7, outputTokens: 0 } }]);
  });

  it.each([
    [
      'content',
      `{ "n" : 1.0, "big": 12345678901234567890, "message": {"content": "a ${key}."} }`,
      '{ "n" : 1.0, "big": 12345678901234567890, "message": {"content": "a [REDACTED:anthropic-key]."} }',
    ],
    ['an error', `{"error":{"message":"wrong: ${key}","code":null}}`, '{"error":{"message":"wrong: [REDACTED:anthropic-key]","code":null}}'],
    ['a list', `["\\"","${key}",[],"${key}"]`, '["\\"","[REDACTED:anthropic-key]",[],"[REDACTED:anthropic-key]"]'],
    ['escapes', `{"a":"\\u0073k-${key.slice(3)}\\n"}`, '{"a":"[REDACTED:anthropic-key]\\n"}'],
    ['what is no JSON', `<html>${key}</html>`, '<html>[REDACTED:anthropic-key]</html>'],
  ])('redacts %s and leaves the rest as it was written', (_, text, expected) => {
    expect(inspectText(text)).toBe(expected);
  });

  it.each([[''], [body.slice(0, 80)], ['<html></html>'], ['[1]'], ['42'], ['null'], ['{}'], ['{"choices":null}']])('refuses %s as an answer', (text) => {
    expect(() => inspectCompletion(Buffer.from(text), redactor, ignore, 'choices')).toThrow(expect.objectContaining({ code: 'upstream_error' }));
  });

  it('redacts the arguments of a tool call, which stay JSON', () => {
    const call = JSON.stringify({ function: { name: 'write', arguments: JSON.stringify({ text: `a\n${key}` }) } });
    const redacted = JSON.parse(inspectText(call)) as { function: { arguments: string } };
    expect(JSON.parse(redacted.function.arguments)).toEqual({ text: 'a\n[REDACTED:anthropic-key]' });
  });

  it.each(secretSamples)('redacts a %s', (kind, secret) => {
    expect(inspectText(JSON.stringify({ content: `It is:\n${secret}\nYes.` }))).toBe(JSON.stringify({ content: `It is:\n[REDACTED:${kind}]\nYes.` }));
  });
});
