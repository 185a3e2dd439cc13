import { describe, expect, it } from '@jest/globals';
import { decodeEnvelope } from './decode-envelope.js';
import { decodeRequest } from './decode-request.js';

const hi = { role: 'user', content: 'hi' };
const tool = { name: 'f', input_schema: {} };
const block = (...content: unknown[]): object => ({ messages: [{ role: 'user', content }] });
const answer = (...content: unknown[]): object => ({ messages: [hi, { role: 'assistant', content }, hi] });
const image = (source: unknown): object => block({ type: 'image', source });
const file = (source: unknown): object => block({ type: 'document', source });

describe('decodeRequest refuses', () => {
  it.each<[string, object, string]>([
    ['no limit', { max_tokens: undefined }, 'max_tokens: Field required'],
    ['a limit of null', { max_tokens: null }, 'max_tokens: Field required'],
    ['a limit of nothing', { max_tokens: 0 }, 'max_tokens: Input should be greater than or equal to 1'],
    ['half a token', { max_tokens: 1.5 }, 'max_tokens: Input should be a valid integer'],
    ['no messages', { messages: undefined }, 'messages: Field required'],
    ['messages that are none', { messages: 'hi' }, 'messages: Input should be a valid list'],
    ['an empty conversation', { messages: [] }, 'messages: at least one message is required'],
    ['a message that is none', { messages: ['hi'] }, 'messages.0: Input should be a valid dictionary'],
    ['another role', { messages: [{ role: 'tool', content: '' }] }, "messages.0.role: Input should be 'user' or 'assistant' or 'system'"],
    ['a user who says nothing', { messages: [hi, { role: 'user', content: '' }] }, 'messages.1: user messages must have non-empty content'],
    ['nothing but system texts', { messages: [{ role: 'system', content: 'x' }] }, 'messages: at least one message of the role "user" is required'],
    ['a thread', { thread: { type: 'continue', previous_message_id: 'msg_1' }, messages: [] }, 'thread: Conversations are not kept here'],
    ['an answer begun by the client', { messages: [hi, { role: 'assistant', content: '{' }] }, 'messages.1: The conversation must end with a user message'],
    ['a block without a type', block({ text: 'x' }), 'messages.0.content.0.type: Field required'],
    ['an unknown block', block({ type: 'video' }), "messages.0.content.0: Input tag 'video' found using 'type' does not match any of the expected tags"],
    ['a text without words', block(hi, { type: 'text' }), 'messages.0.content.0.type: Field required'],
    ['a text that is none', block({ type: 'text', text: 1 }), 'messages.0.content.0.text: Input should be a valid string'],
    ['a call by the user', block({ type: 'tool_use', id: 'c', name: 'f', input: {} }), "messages.0.content.0: Input tag 'tool_use'"],
    ['a picture of text', image({ type: 'base64', media_type: 'text/plain', data: 'AAAA' }), "messages.0.content.0.source.media_type: Input should be 'image/jpeg'"],
    ['a picture in no base64', image({ type: 'base64', media_type: 'image/png', data: '?' }), 'messages.0.content.0.source.data: Input should be valid base64'],
    ['a picture on the disk', image({ type: 'url', url: 'file:///etc/passwd' }), 'messages.0.content.0.source.url: Only http and https URLs are supported'],
    ['a stored picture', image({ type: 'file', file_id: 'x' }), 'messages.0.content.0.source: Stored files are not known here'],
    ['a document by its URL', file({ type: 'url', url: 'https://a.b' }), 'messages.0.content.0.source: Documents are not fetched from a URL'],
    ['a stored document', file({ type: 'file', file_id: 'x' }), 'messages.0.content.0.source: Stored files are not known here'],
    ['an unknown document', file({ type: 'fax' }), "messages.0.content.0.source: Input tag 'fax'"],
    ['a result of no call', block({ type: 'tool_result', content: 'x' }), 'messages.0.content.0.tool_use_id: Field required'],
    ['a document in a document', file({ type: 'content', content: [{ type: 'document' }] }), "messages.0.content.0.source.content.0: Input tag 'document'"],
    ['an unknown block in an answer', answer({ type: 'image' }), "messages.1.content.0: Input tag 'image'"],
    ['a call with a text', answer({ type: 'tool_use', id: 'c', name: 'f', input: '{}' }), 'messages.1.content.0.input: Input should be a valid dictionary'],
    ['a thought without words', answer({ type: 'thinking' }), 'messages.1.content.0.thinking: Field required'],
    ['a picture for a system', { system: [{ type: 'image' }] }, "system.0: Input tag 'image'"],
    ['a picture in a system message', { messages: [hi, { role: 'system', content: [{ type: 'image' }] }] }, "messages.1.content.0: Input tag 'image'"],
    ['too many stop sequences', { stop_sequences: Array.from({ length: 65 }, () => 'x') }, 'stop_sequences: List should have at most 64 items'],
    ['an empty stop sequence', { stop_sequences: [''] }, 'stop_sequences.0: each stop sequence must not be empty'],
    ['heat', { temperature: 1.5 }, 'temperature: Input should be less than or equal to 1'],
    ['no place', { top_k: -1 }, 'top_k: Input should be greater than or equal to 0'],
    ['a small budget', { thinking: { type: 'enabled', budget_tokens: 1 } }, 'thinking.enabled.budget_tokens: Input should be greater than or equal to 1024'],
    ['another way to think', { thinking: { type: 'deep' } }, "thinking.type: Input should be 'enabled'"],
    ['another effort', { output_config: { effort: 'heroic' } }, "output_config.effort: Input should be 'low'"],
    ['another format', { output_config: { format: { type: 'xml' } } }, "output_config.format.type: Input should be 'json_schema'"],
    ['no schema', { output_format: { type: 'json_schema' } }, 'output_format.schema: Field required'],
    ['a tool without a schema', { tools: [{ name: 'f' }] }, 'tools.0.input_schema: Field required'],
    ['a tool with a bad name', { tools: [{ ...tool, name: 'a b' }] }, 'tools.0.name: String should match pattern'],
    ['two tools of one name', { tools: [tool, tool] }, 'tools.1.name: Tool names must be unique.'],
    ['any of no tools', { tool_choice: { type: 'any' } }, 'tool_choice: "any" may only be specified while providing tools'],
    ['a tool that is not there', { tools: [tool], tool_choice: { type: 'tool', name: 'g' } }, 'tool_choice.name: The tool is not among'],
  ])('%s', (_, more, message) => {
    let error: unknown;
    try {
      decodeRequest({ max_tokens: 100, messages: [hi], ...more });
    } catch (caught) {
      error = caught;
    }
    const [param] = message.split(':', 1);
    expect(error).toMatchObject({ message: expect.stringContaining(message), param });
  });
});

describe('decodeEnvelope', () => {
  it('reads what a request is to be led by', () => {
    expect(decodeEnvelope({ model: 'm' })).toEqual({ model: 'm', stream: false, provider: undefined, fallback: true });
    expect(decodeEnvelope({ model: 'm', stream: true, provider: 'codex', fallback: false })).toEqual({ model: 'm', stream: true, provider: 'codex', fallback: false });
  });

  it.each<[object, string]>([
    [{}, 'model: Field required'],
    [{ model: null }, 'model: Field required'],
    [{ model: 7 }, 'model: Input should be a valid string'],
    [{ model: '' }, 'model: String should have 1 to 256 characters'],
    [{ model: 'm', stream: 'yes' }, 'stream: Input should be a valid boolean'],
  ])('refuses %j', (sent, message) => {
    expect(() => decodeEnvelope(sent as Record<string, unknown>)).toThrow(message);
  });
});
