import { decodeEffort } from './decode-effort.js';
import { decodeMessages } from './decode-messages.js';
import { decodeOutputFormat } from './decode-output-format.js';
import { decodeStop } from './decode-stop.js';
import { decodeSystem } from './decode-system.js';
import { decodeToolChoice } from './decode-tool-choice.js';
import { decodeTools } from './decode-tools.js';
import { readNumber } from './read-value.js';
import { requestError } from './request-error.js';
import { isAbsent, type JsonObject } from '../value-reader.js';
import { type CompletionRequest } from '../../kernel/completion-request.js';

/**
 * Reads the body of a message request (https://docs.anthropic.com/en/api/messages): `model` and `stream` are the envelope's, not read here. What is only for
 * Anthropic's servers (`metadata`, `service_tier`, `cache_control`, `context_management`, …) is passed over.
 *
 * @throws GatewayError `invalid_parameter` or `unsupported_parameter`; its message and `param` name the path of what is wrong (`messages.1.content.0`)
 */
export function decodeRequest(body: JsonObject): CompletionRequest {
  const maxOutputTokens = readNumber(isAbsent(body['max_tokens']) ? undefined : body['max_tokens'], 'max_tokens', { integer: true, min: 1 });
  return { ...decodePrompt(body), maxOutputTokens };
}

/** The same without a limit of the answer's length: what is only to be counted. @throws GatewayError */
export function decodePrompt(body: JsonObject): CompletionRequest {
  refuseThread(body);
  const { system, messages, toolChanges, effort } = decodeMessages(body['messages']);
  const tools = decodeTools(body['tools'], toolChanges);
  const reasoningEffort = effort ?? decodeEffort(body);
  const vendorParameters = readSampling(body);
  const ignoredParameters = [...readIgnored(body), ...tools.dropped];
  return {
    system: [...decodeSystem(body['system']), ...system],
    messages,
    stop: decodeStop(body['stop_sequences']),
    ...(reasoningEffort === undefined ? {} : { reasoningEffort }),
    tools: tools.offered,
    ...decodeToolChoice(body['tool_choice'], tools),
    responseFormat: decodeOutputFormat(body),
    samplingParameters: Object.keys(vendorParameters),
    ...(Object.keys(vendorParameters).length === 0 ? {} : { vendorParameters }),
    ...(ignoredParameters.length === 0 ? {} : { ignoredParameters }),
    apiOnlyParameters: [],
  };
}

/** First of all: what is there of the conversation may not be the whole of it. */
function refuseThread(body: JsonObject): void {
  if (!isAbsent(body['thread'])) throw requestError.unsupported('thread', 'Conversations are not kept here: send the whole of it without a thread.');
}

/** What vendors know by the same names. */
function readSampling(body: JsonObject): Readonly<Record<string, number>> {
  const names = ['temperature', 'top_p'].filter((name) => !isAbsent(body[name]));
  return Object.fromEntries(names.map((name) => [name, readNumber(body[name], name, { min: 0, max: 1 })]));
}

/** What asks for something that nobody here does. */
function readIgnored(body: JsonObject): readonly string[] {
  if (!isAbsent(body['top_k'])) readNumber(body['top_k'], 'top_k', { integer: true, min: 0 });
  return ['top_k', 'container', 'mcp_servers'].filter((name) => !isAbsent(body[name]));
}
