import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { decodeRequest } from './decode-request.js';
import { GatewayError } from '../../kernel/gateway-error.js';

const user = { role: 'user', content: 'Hi' };
const png = 'data:image/png;base64,iVBORw0KGgo=';
const withPart = (part: unknown): Record<string, unknown> => ({
  messages: [user, { role: 'assistant', content: 'Yes?' }, { role: 'user', content: [{ type: 'text', text: 'Look' }, part] }],
});
const tool = (name: string): object => ({ type: 'function', function: { name } });

function refusal(body: Record<string, unknown>): { code: string; param: string | undefined; message: string } {
  try {
    decodeRequest(body);
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error;
    return { code: error.code, param: error.param, message: error.message };
  }
  throw new Error('It was taken.');
}

describe('decodeRequest refuses', () => {
  it.each<[string, Record<string, unknown>, string, string?]>([
    ['no messages', {}, 'messages', "Missing required parameter: 'messages'."],
    ['messages that are none', { messages: 'Hi' }, 'messages', "Invalid type for 'messages': expected an array, but got a string instead."],
    ['an empty array', { messages: [] }, 'messages'],
    ['only a system message', { messages: [{ role: 'system', content: 'x' }] }, 'messages'],
    ['a message that is none', { messages: [user, 'Hi'] }, 'messages[1]', "Invalid type for 'messages[1]': expected an object, but got a string instead."],
    ['no role', { messages: [{ content: 'Hi' }] }, 'messages[0].role', "Missing required parameter: 'messages[0].role'."],
    [
      'an unknown role',
      { messages: [{ role: 'bot', content: 'Hi' }] },
      'messages[0].role',
      "Invalid value: 'bot'. Supported values are: 'system', 'developer', 'user', 'assistant', 'tool', 'function'.",
    ],
    ['a role that is no string', { messages: [{ role: 1, content: 'Hi' }] }, 'messages[0].role'],
    ['a name that is no string', { messages: [{ ...user, name: 1 }] }, 'messages[0].name'],
    ['no content', { messages: [{ role: 'user' }] }, 'messages[0].content', "Missing required parameter: 'messages[0].content'."],
    [
      'null as content',
      { messages: [{ role: 'user', content: null }] },
      'messages[0].content',
      "Invalid type for 'messages[0].content': expected a string or an array of content parts, but got null instead.",
    ],
    ['an object as content', { messages: [{ role: 'user', content: {} }] }, 'messages[0].content'],
    ['no parts', { messages: [{ role: 'user', content: [] }] }, 'messages[0].content'],
    ['an image in a system message', { messages: [{ role: 'system', content: [{ type: 'image_url', image_url: { url: png } }] }, user] }, 'messages[0].content[0].type'],
    ['an assistant that says nothing', { messages: [{ role: 'assistant', content: null }, user] }, 'messages[0].content'],
    [
      'a call without an id',
      { messages: [{ role: 'assistant', tool_calls: [{ type: 'function', function: { name: 'f', arguments: '' } }] }, user] },
      'messages[0].tool_calls[0].id',
    ],
    [
      'arguments that are no string',
      { messages: [{ role: 'assistant', tool_calls: [{ id: 'c', type: 'function', function: { name: 'f', arguments: {} } }] }, user] },
      'messages[0].tool_calls[0].function.arguments',
      "Invalid type for 'messages[0].tool_calls[0].function.arguments': expected a string, but got an object instead.",
    ],
    ['a part without a type', withPart({ text: 'x' }), 'messages[2].content[1].type'],
    ['an unknown part', withPart({ type: 'video' }), 'messages[2].content[1].type'],
    ['a part that is none', withPart('x'), 'messages[2].content[1]'],
    ['an image as a string', withPart({ type: 'image_url', image_url: png }), 'messages[2].content[1].image_url'],
    ['an image without a url', withPart({ type: 'image_url', image_url: {} }), 'messages[2].content[1].image_url.url'],
    ['another scheme', withPart({ type: 'image_url', image_url: { url: 'file:///etc/passwd' } }), 'messages[2].content[1].image_url'],
    ['a broken URL', withPart({ type: 'image_url', image_url: { url: 'http://' } }), 'messages[2].content[1].image_url'],
    ['text as an image', withPart({ type: 'image_url', image_url: { url: 'data:text/plain;base64,AAAA' } }), 'messages[2].content[1].image_url'],
    ['an image that is not base64', withPart({ type: 'image_url', image_url: { url: 'data:image/png;base64,A*AA' } }), 'messages[2].content[1].image_url'],
    ['base64 that is cut', withPart({ type: 'image_url', image_url: { url: 'data:image/png;base64,AAAAA' } }), 'messages[2].content[1].image_url'],
    ['an empty image', withPart({ type: 'image_url', image_url: { url: 'data:image/png;base64,' } }), 'messages[2].content[1].image_url'],
    ['a data URL without base64', withPart({ type: 'image_url', image_url: { url: 'data:image/svg+xml,<svg/>' } }), 'messages[2].content[1].image_url'],
    ['a file without data', withPart({ type: 'file', file: { filename: 'a' } }), 'messages[2].content[1].file.file_data'],
    ['a file that is not base64', withPart({ type: 'file', file: { file_data: 'no!' } }), 'messages[2].content[1].file.file_data'],
    ['audio without data', withPart({ type: 'input_audio', input_audio: {} }), 'messages[2].content[1].input_audio.data'],
    ['max_tokens 0', { messages: [user], max_tokens: 0 }, 'max_tokens', "Invalid 'max_tokens': integer below minimum value. Expected a value >= 1, but got 0 instead."],
    [
      'half a token',
      { messages: [user], max_completion_tokens: 1.5 },
      'max_completion_tokens',
      "Invalid type for 'max_completion_tokens': expected an integer, but got a decimal number instead.",
    ],
    ['an old limit that is wrong beside a good one', { messages: [user], max_tokens: 'x', max_completion_tokens: 5 }, 'max_tokens'],
    ['an empty stop', { messages: [user], stop: '' }, 'stop'],
    ['an empty stop among others', { messages: [user], stop: ['a', ''] }, 'stop[1]'],
    ['five stops', { messages: [user], stop: ['a', 'b', 'c', 'd', 'e'] }, 'stop'],
    ['a number as stop', { messages: [user], stop: 1 }, 'stop'],
    ['an unknown effort', { messages: [user], reasoning_effort: 'huge' }, 'reasoning_effort'],
    ['a temperature in quotes', { messages: [user], temperature: '1' }, 'temperature', "Invalid type for 'temperature': expected a number, but got a string instead."],
    [
      'a temperature too high',
      { messages: [user], temperature: 2.1 },
      'temperature',
      "Invalid 'temperature': decimal above maximum value. Expected a value <= 2, but got 2.1 instead.",
    ],
    ['a top_p too low', { messages: [user], top_p: -0.1 }, 'top_p'],
    ['a penalty too high', { messages: [user], frequency_penalty: 3 }, 'frequency_penalty'],
    ['a seed with a fraction', { messages: [user], seed: 1.5 }, 'seed'],
    ['a bias that is no number', { messages: [user], logit_bias: { 1: null } }, 'logit_bias.1'],
    ['a list of biases', { messages: [user], logit_bias: [] }, 'logit_bias'],
    ['n 0', { messages: [user], n: 0 }, 'n'],
    ['logprobs as a number', { messages: [user], logprobs: 3 }, 'logprobs'],
    ['too many logprobs', { messages: [user], top_logprobs: 21 }, 'top_logprobs'],
    ['an unknown modality', { messages: [user], modalities: ['smell'] }, 'modalities[0]'],
    ['tools that are none', { messages: [user], tools: {} }, 'tools'],
    ['an unknown tool type', { messages: [user], tools: [{ type: 'web_search' }] }, 'tools[0].type'],
    ['a tool without a function', { messages: [user], tools: [{ type: 'function' }] }, 'tools[0].function'],
    ['a tool with a bad name', { messages: [user], tools: [tool('a b')] }, 'tools[0].function.name'],
    ['parameters that are none', { messages: [user], tools: [{ type: 'function', function: { name: 'f', parameters: 'x' } }] }, 'tools[0].function.parameters'],
    ['a choice without tools', { messages: [user], tool_choice: 'required' }, 'tool_choice'],
    ['an unknown choice', { messages: [user], tools: [tool('f')], tool_choice: 'any' }, 'tool_choice'],
    ['a number as a choice', { messages: [user], tools: [tool('f')], tool_choice: 1 }, 'tool_choice'],
    ['a choice of no tool', { messages: [user], tools: [tool('f')], tool_choice: tool('g') }, 'tool_choice.function.name'],
    [
      'no allowed tools',
      { messages: [user], tools: [tool('f')], tool_choice: { type: 'allowed_tools', allowed_tools: { mode: 'auto', tools: [] } } },
      'tool_choice.allowed_tools.tools',
    ],
    ['an unknown format', { messages: [user], response_format: { type: 'xml' } }, 'response_format.type'],
    ['a format that is none', { messages: [user], response_format: 'json' }, 'response_format'],
    ['a schema without a name', { messages: [user], response_format: { type: 'json_schema', json_schema: {} } }, 'response_format.json_schema.name'],
    ['a switch that is none', { messages: [user], parallel_tool_calls: 'yes' }, 'parallel_tool_calls'],
  ])('%s', (...[, body, param, message]) => {
    expect(refusal(body)).toEqual({ code: 'invalid_parameter', param, message: message ?? expect.stringMatching(/\.$/) });
  });

  it.each<[string, Record<string, unknown>, string]>([
    ['functions', { messages: [user], functions: [] }, 'functions'],
    ['function_call', { messages: [user], function_call: 'auto' }, 'function_call'],
    ['a function message', { messages: [user, { role: 'function', name: 'f', content: 'x' }] }, 'messages[1].role'],
    ['a function call of the assistant', { messages: [{ role: 'assistant', content: null, function_call: { name: 'f', arguments: '' } }, user] }, 'messages[0].function_call'],
    ['a stored file', withPart({ type: 'file', file: { file_id: 'file-1' } }), 'messages[2].content[1].file.file_id'],
    ['an answer to be continued', { messages: [user, { role: 'assistant', content: 'Once' }] }, 'messages[1]'],
    ['an answer to be continued before a system message', { messages: [user, { role: 'assistant', content: 'Once' }, { role: 'system', content: 'x' }] }, 'messages[1]'],
    ['an earlier answer in audio', { messages: [{ role: 'assistant', audio: { id: 'a' } }, user] }, 'messages[0].audio'],
  ])('as unsupported: %s', (_, body, param) => {
    expect(refusal(body)).toMatchObject({ code: 'unsupported_parameter', param, message: expect.stringContaining(`'${param}'`) });
  });

  it('never fails otherwise, whatever is sent', () => {
    const value = fc.oneof(fc.jsonValue(), fc.constantFrom('user', 'assistant', 'tool', 'text', 'image_url', 'function'));
    const message = fc.oneof(
      value,
      fc.record({ role: fc.constantFrom('user', 'assistant', 'tool', 'system'), content: value, tool_calls: value, tool_call_id: value }, { requiredKeys: [] }),
    );
    const names = ['stop', 'tools', 'tool_choice', 'response_format', 'temperature', 'logit_bias', 'n', 'modalities', 'max_tokens', 'reasoning_effort'] as const;
    const rest = fc.record(Object.fromEntries(names.map((name) => [name, value])), { requiredKeys: [] });
    fc.assert(
      fc.property(fc.oneof(value, fc.array(message)), rest, (messages, others) => {
        try {
          decodeRequest({ messages, ...others });
        } catch (error) {
          expect(error).toBeInstanceOf(GatewayError);
          expect((error as GatewayError).param).toBeDefined();
        }
      }),
      { numRuns: 300 },
    );
  });

  it('does not repeat a long value', () => {
    expect(refusal({ messages: [{ role: 'x'.repeat(5000), content: '' }] }).message.length).toBeLessThan(300);
  });

  it('reads a large image in no time that grows', () => {
    const data = 'A'.repeat(4_000_000);
    expect(decodeRequest(withPart({ type: 'image_url', image_url: { url: `data:image/png;base64,${data}` } })).messages.at(-1)).toMatchObject({ content: [{}, { data }] });
    expect(refusal(withPart({ type: 'image_url', image_url: { url: `data:image/png;base64,${data}*AAA` } })).code).toBe('invalid_parameter');
  });
});
