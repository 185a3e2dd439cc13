import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { decodeRequest } from './decode-request.js';
import { GatewayError } from '../../kernel/gateway-error.js';

const user = { role: 'user', content: 'Hi' };
const withPart = (part: unknown): Record<string, unknown> => ({ input: [user, { role: 'user', content: [{ type: 'input_text', text: 'a' }, part] }] });
const withTool = (tool: unknown): Record<string, unknown> => ({ input: 'Hi', tools: [{ type: 'web_search' }, tool] });

function refusal(body: Record<string, unknown>): { code: string; param: string | undefined; message: string } {
  try {
    decodeRequest(body);
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error;
    return { code: error.code, param: error.param, message: error.message };
  }
  throw new Error('It was taken.');
}

describe('a request for a response is refused', () => {
  it.each<[string, Record<string, unknown>, string, ('invalid_parameter' | 'unsupported_parameter')?]>([
    ['no input', {}, 'input'],
    ['an input that is none', { input: 5 }, 'input'],
    ['an item that is none', { input: ['Hi'] }, 'input[0]'],
    ['an unknown item', { input: [{ type: 'telepathy' }] }, 'input[0].type'],
    ['a reference to an item that is not here', { input: [user, { type: 'item_reference', id: 'x' }] }, 'input[1]', 'unsupported_parameter'],
    ['no role', { input: [{ content: 'Hi' }] }, 'input[0].role'],
    ['no content', { input: [{ role: 'user' }] }, 'input[0].content'],
    ['content that is none', { input: [{ role: 'user', content: 5 }] }, 'input[0].content'],
    ['an unknown part', withPart({ type: 'video' }), 'input[1].content[1].type'],
    ['a text that is none', withPart({ type: 'input_text', text: 5 }), 'input[1].content[1].text'],
    ['a stored image', withPart({ type: 'input_image', file_id: 'file_1' }), 'input[1].content[1].file_id', 'unsupported_parameter'],
    ['an image without its URL', withPart({ type: 'input_image' }), 'input[1].content[1].image_url'],
    ['an image that is none', withPart({ type: 'input_image', image_url: 'ftp://x' }), 'input[1].content[1].image_url'],
    ['a file to be fetched', withPart({ type: 'input_file', file_url: 'https://example.com/a.pdf' }), 'input[1].content[1].file_url', 'unsupported_parameter'],
    ['a stored file', withPart({ type: 'input_file', file_id: 'file_1' }), 'input[1].content[1].file_id', 'unsupported_parameter'],
    ['a file that is none', withPart({ type: 'input_file', file_data: '!' }), 'input[1].content[1].file_data'],
    [
      'an image where words belong',
      { input: [{ role: 'system', content: [{ type: 'input_image', image_url: 'https://example.com/a.png' }] }, user] },
      'input[0].content[0]',
      'unsupported_parameter',
    ],
    ['a call without an id', { input: [user, { type: 'function_call', name: 'f', arguments: '{}' }] }, 'input[1].call_id'],
    ['a call without arguments', { input: [user, { type: 'function_call', call_id: 'c', name: 'f' }] }, 'input[1].arguments'],
    ['free text that is none', { input: [user, { type: 'custom_tool_call', call_id: 'c', name: 'f', input: {} }] }, 'input[1].input'],
    ['a result without content', { input: [user, { type: 'function_call_output', call_id: 'c' }] }, 'input[1].output'],
    ['thoughts that are none', { input: [user, { type: 'reasoning', summary: [{ text: 'Hm' }] }, user] }, 'input[1].summary[0].type'],
    ['instructions that are none', { input: 'Hi', instructions: 5 }, 'instructions'],
    ['a length of none', { input: 'Hi', max_output_tokens: 0 }, 'max_output_tokens'],
    ['too hot', { input: 'Hi', temperature: 3 }, 'temperature'],
    ['an unknown effort', { input: 'Hi', reasoning: { effort: 'much' } }, 'reasoning.effort'],
    ['an unknown verbosity', { input: 'Hi', text: { verbosity: 'chatty' } }, 'text.verbosity'],
    ['an unknown format', { input: 'Hi', text: { format: { type: 'xml' } } }, 'text.format.type'],
    ['a schema without a name', { input: 'Hi', text: { format: { type: 'json_schema', schema: {} } } }, 'text.format.name'],
    ['a schema with a name that is none', { input: 'Hi', text: { format: { type: 'json_schema', name: 'a b', schema: {} } } }, 'text.format.name'],
    ['metadata that is no text', { input: 'Hi', metadata: { a: 1 } }, 'metadata.a'],
    ['an unknown truncation', { input: 'Hi', truncation: 'some' }, 'truncation'],
    ['a conversation of OpenAI', { input: 'Hi', conversation: 'conv_1' }, 'conversation', 'unsupported_parameter'],
    ['a prompt of OpenAI', { input: 'Hi', prompt: { id: 'pmpt_1' } }, 'prompt', 'unsupported_parameter'],
    ['a tool without a type', withTool({ name: 'f' }), 'tools[1].type'],
    ['a function without a name', withTool({ type: 'function' }), 'tools[1].name'],
    ['a name that is none', withTool({ type: 'function', name: 'a b' }), 'tools[1].name'],
    ['a custom tool with a name that is none', withTool({ type: 'custom', name: 'a.b' }), 'tools[1].name'],
    ['a grammar without its text', withTool({ type: 'custom', name: 'a', format: { type: 'grammar', syntax: 'lark' } }), 'tools[1].format.definition'],
    ['a namespace without tools', withTool({ type: 'namespace', name: 'a' }), 'tools[1].tools'],
    ['a name in a namespace that is none', withTool({ type: 'namespace', name: 'a', tools: [{ type: 'function', name: '!' }] }), 'tools[1].tools[0].name'],
    ['a choice that is none', { input: 'Hi', tool_choice: 'some' }, 'tool_choice'],
    ['a choice of a tool that is not there', { input: 'Hi', tool_choice: { type: 'function', name: 'f' } }, 'tool_choice.name'],
  ])('%s', (_, body, param, code = 'invalid_parameter') => {
    const refused = refusal(body);
    expect(refused).toEqual({ code, param, message: expect.any(String) });
    expect(refused.message).toMatch(/^(Invalid|Missing|Unsupported) /);
  });

  it('or read, and nothing else, whatever it is', () => {
    const names = ['input', 'instructions', 'tools', 'tool_choice', 'text', 'reasoning', 'metadata', 'include', 'truncation', 'max_output_tokens'];
    const words = fc.constantFrom('message', 'user', 'assistant', 'function', 'custom', 'namespace', 'reasoning', 'function_call', 'input_text', 'allowed_tools', 'x');
    const { tree } = fc.letrec((tie) => ({
      tree: fc.oneof({ maxDepth: 5, depthSize: 'medium' }, words, fc.constantFrom(null, 5, true), tie('list'), tie('record')),
      list: fc.array(tie('tree'), { maxLength: 3 }),
      record: fc.dictionary(fc.constantFrom('type', 'role', 'content', 'text', 'name', 'tools', 'summary', 'call_id', 'output', 'arguments', 'format', 'mode'), tie('tree'), {
        maxKeys: 4,
      }),
    }));
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom(...names), tree, { maxKeys: 5 }), (body) => {
        try {
          decodeRequest(body);
        } catch (error) {
          expect(error).toBeInstanceOf(GatewayError);
        }
      }),
      { numRuns: 500 },
    );
  });
});
