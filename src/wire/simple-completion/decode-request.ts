import { isAbsent, type JsonObject } from '../value-reader.js';
import { type CompletionRequest } from '../../kernel/completion-request.js';
import { decodeRequest as decodeChat } from '../openai-chat/decode-request.js';
import { parameterError } from '../openai-chat/parameter-error.js';
import { readOptionalString, readString } from '../openai-chat/read-value.js';

/** Fields of the form that belong to what the gateway does not do yet. */
const unavailable: readonly string[] = ['callback_url'];

/**
 * Reads the simple form: a prompt, and a system text where there is one. All that remains is read as in a chat completion.
 *
 * @throws GatewayError `invalid_parameter` or `unsupported_parameter`; its `param` is the name of what is wrong
 */
export function decodeSimpleRequest(body: JsonObject): CompletionRequest {
  // First of all: a template or a conversation may stand in the prompt's place.
  refuseUnavailable(body);
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

function refuseUnavailable(body: JsonObject): void {
  const found = unavailable.find((name) => !isAbsent(body[name]));
  if (found !== undefined) throw parameterError.unsupported(found, 'This gateway does not offer it yet: leave it out.');
}
