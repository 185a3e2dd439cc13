import { describe, expect, it } from '@jest/globals';
import { isAnthropicPath, speaksAnthropic } from './speaks-anthropic.js';

const version = { 'anthropic-version': '2023-06-01' };

describe('speaksAnthropic', () => {
  it.each<[string, object, boolean]>([
    ['/v1/messages', {}, true],
    ['/v1/messages?beta=true', {}, true],
    ['/v1/messages/count_tokens', {}, true],
    ['/v1/messagesx', {}, false],
    ['/v2/v1/messages', {}, false],
    ['/v1/models', {}, false],
    ['/v1/models', version, true],
    ['/v1/models/claude/opus', version, true],
    ['/v1/chat/completions', version, false],
  ])('%s with %j: %s', (url, headers, expected) => {
    expect(speaksAnthropic({ url, headers: headers as Record<string, string> })).toBe(expected);
    if (Object.keys(headers).length === 0) expect(isAnthropicPath(url)).toBe(expected);
  });
});
