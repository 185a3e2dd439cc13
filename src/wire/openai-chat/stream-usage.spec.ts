import { describe, expect, it } from '@jest/globals';
import { askingForUsage, tellsUsageAlone, wantsUsage } from './stream-usage.js';

const asked = { include_usage: true };

describe(askingForUsage, () => {
  it.each([
    ['no options', {}, asked],
    ['null', { stream_options: null }, asked],
    ['false', { stream_options: { include_usage: false } }, asked],
    ['a null in them', { stream_options: { include_usage: null } }, asked],
    ['other options', { stream_options: { include_obfuscation: false } }, { include_obfuscation: false, ...asked }],
  ])('asks for it where the client sends %s', (_, options, expected) => {
    const body = { model: 'm', stream: true, ...options };
    expect(askingForUsage(body)).toEqual({ model: 'm', stream: true, stream_options: expected });
    expect(wantsUsage(body)).toBe(false);
  });

  it.each([
    ['asks itself', asked],
    ['sends what is no flag', { include_usage: 'yes' }],
    ['sends what are no options', 'all'],
    ['sends a list', [asked]],
  ])('leaves the body alone where the client %s', (_, options) => {
    const body = { model: 'm', stream: true, stream_options: options };
    expect(askingForUsage(body)).toBe(body);
    expect(wantsUsage(body)).toBe(true);
  });
});

describe(tellsUsageAlone, () => {
  const usage = { prompt_tokens: 1, completion_tokens: 2, total_tokens: 3 };
  it.each([
    [true, { choices: [], usage }],
    [true, { id: 'x', choices: [], usage, service_tier: 'default', x_vendor: { a: 1 } }],
    [false, { choices: [], prompt_filter_results: [{ prompt_index: 0 }] }],
    [false, { choices: [], usage: null }],
    [false, { choices: [{ index: 0, delta: {}, finish_reason: 'stop' }], usage }],
    [false, { choices: [], usage, error: { message: 'overloaded' } }],
    [true, { choices: [], usage, error: null }],
    [false, { usage }],
    [false, { choices: {}, usage }],
    [false, null],
    [false, 'usage'],
  ])('is %s of %j', (alone, chunk) => {
    expect(tellsUsageAlone(chunk)).toBe(alone);
  });
});
