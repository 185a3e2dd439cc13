import { isAbsent, type JsonObject } from '../value-reader.js';
import { type CompletionRequest } from '../../kernel/completion-request.js';
import { decodeRequest as decodeChat } from '../openai-chat/decode-request.js';
import { parameterError } from '../openai-chat/parameter-error.js';
import { readOptionalString, readString } from '../openai-chat/read-value.js';

/**
 * Reads the simple form: a prompt, and a system text where there is one. All that remains is read as in a chat completion.
 *
 * @throws GatewayError `invalid_parameter` or `unsupported_parameter`; its `param` is the name of what is wrong
 */
export function decodeSimpleRequest(body: JsonObject): CompletionRequest {
  const { prompt, system, messages, ...rest } = body;
  if (!isAbsent(messages)) throw parameterError.invalid('messages', 'they belong to /v1/chat/completions; send a prompt here.');
  const text = readString(prompt, 'prompt');
  if (text.trim() === '') throw parameterError.invalid('prompt', 'empty string. Expected a text.');
  const instructions = readOptionalString(system, 'system');
  const request = decodeChat({
    ...rest,
    messages: [...(instructions === undefined || instructions.trim() === '' ? [] : [{ role: 'system', content: instructions }]), { role: 'user', content: text }],
  });
  // The answer is a text: a call would be lost.
  if (request.tools.length > 0) throw parameterError.unsupported('tools', 'This form answers with a text alone: use /v1/chat/completions.');
  return request;
}
