import { decodeMessages } from './decode-messages.js';
import { decodeResponseFormat } from './decode-response-format.js';
import { decodeStop } from './decode-stop.js';
import { decodeToolChoice } from './decode-tool-choice.js';
import { decodeTools } from './decode-tools.js';
import { explicitEffort } from './explicit-effort.js';
import { findApiOnlyParameters } from './find-api-only-parameters.js';
import { findSamplingParameters } from './find-sampling-parameters.js';
import { findVendorParameters } from './find-vendor-parameters.js';
import { parameterError } from './parameter-error.js';
import { readOneOf, readOptionalBoolean, readOptionalNumber } from './read-value.js';
import { isAbsent, type JsonObject } from '../value-reader.js';
import { type CompletionRequest, type ReasoningEffort } from '../../kernel/completion-request.js';

/**
 * Reads the body of a chat completion. `model`, `stream` and `stream_options` are the envelope's, not read here; fields that the
 * gateway does not know are kept for API vendors.
 *
 * @throws GatewayError `invalid_parameter` or `unsupported_parameter`; its `param` is the path of what is wrong (`messages[1].content[0]`)
 */
export function decodeRequest(body: JsonObject): CompletionRequest {
  refuseLegacyFunctions(body);
  const { system, messages } = decodeMessages(body['messages']);
  const tools = decodeTools(body['tools']);
  const maxOutputTokens = decodeMaxTokens(body);
  const reasoningEffort = decodeReasoningEffort(body['reasoning_effort']);
  const vendorParameters = { ...findVendorParameters(body), ...explicitEffort(reasoningEffort) };
  return {
    system,
    messages,
    ...(maxOutputTokens === undefined ? {} : { maxOutputTokens }),
    stop: decodeStop(body['stop']),
    ...(reasoningEffort === undefined ? {} : { reasoningEffort }),
    ...decodeToolChoice(body['tool_choice'], tools),
    parallelToolCalls: readOptionalBoolean(body['parallel_tool_calls'], 'parallel_tool_calls') ?? true,
    responseFormat: decodeResponseFormat(body['response_format']),
    samplingParameters: findSamplingParameters(body),
    ...(Object.keys(vendorParameters).length === 0 ? {} : { vendorParameters }),
    apiOnlyParameters: findApiOnlyParameters(body),
  };
}

function refuseLegacyFunctions(body: JsonObject): void {
  if (!isAbsent(body['functions'])) throw parameterError.unsupported('functions', "It is deprecated: use 'tools' instead.");
  if (!isAbsent(body['function_call'])) throw parameterError.unsupported('function_call', "It is deprecated: use 'tool_choice' instead.");
}

function decodeMaxTokens(body: JsonObject): number | undefined {
  const [old, current] = ['max_tokens', 'max_completion_tokens'].map((name) => readOptionalNumber(body[name], name, { integer: true, min: 1 }));
  return current ?? old;
}

function decodeReasoningEffort(value: unknown): ReasoningEffort | undefined {
  if (isAbsent(value)) return undefined;
  const effort = readOneOf(value, 'reasoning_effort', ['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max']);
  // OpenAI has one step more than the kernel's scale.
  return effort === 'max' ? 'xhigh' : effort;
}
