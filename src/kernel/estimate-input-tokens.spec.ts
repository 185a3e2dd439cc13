import { describe, expect, it } from '@jest/globals';
import { decodePrompt } from '../wire/anthropic-messages/decode-request.js';
import { estimateInputTokens } from './estimate-input-tokens.js';

const count = (body: Record<string, unknown>): number => estimateInputTokens(decodePrompt(body));
const text = 'x'.repeat(400);

describe('estimateInputTokens', () => {
  it('counts every text there is', () => {
    const said = { role: 'user', content: text };
    expect(count({ messages: [said] })).toBe(100);
    expect(count({ system: text, messages: [said] })).toBe(200);
    expect(
      count({
        messages: [
          said,
          {
            role: 'assistant',
            content: [
              { type: 'thinking', thinking: text },
              { type: 'text', text },
            ],
          },
          said,
        ],
      }),
    ).toBe(400);
    expect(count({ messages: [said], tools: [{ name: 'f', description: text, input_schema: {} }] })).toBeGreaterThan(200);
    expect(count({ messages: [said], output_config: { format: { type: 'json_schema', schema: { description: text } } } })).toBeGreaterThan(200);
    const use = { type: 'tool_use', id: 'c', name: 'f', input: { text } };
    expect(
      count({ messages: [said, { role: 'assistant', content: [use] }, { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'c', content: text }] }] }),
    ).toBeGreaterThan(300);
  });

  it('takes an image for a fixed figure, however large', () => {
    const image = (data: string): object => ({ type: 'image', source: { type: 'base64', media_type: 'image/png', data } });
    expect(count({ messages: [{ role: 'user', content: [image('AAAA'), image('A'.repeat(4000))] }] })).toBe(3200);
  });
});
