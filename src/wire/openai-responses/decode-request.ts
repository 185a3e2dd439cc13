import { decodeInput } from './decode-input.js';
import { decodeText } from './decode-text.js';
import { decodeToolChoice } from './decode-tool-choice.js';
import { decodeTools } from './decode-tools.js';
import { ToolTable } from './tool-table.js';
import { explicitEffort } from '../openai-chat/explicit-effort.js';
import { parameterError } from '../openai-chat/parameter-error.js';
import { readArray, readObject, readOneOf, readOptionalBoolean, readOptionalNumber, readOptionalString, readString } from '../openai-chat/read-value.js';
import { isAbsent, type JsonObject } from '../value-reader.js';
import { type CompletionRequest, type ReasoningEffort } from '../../kernel/completion-request.js';

/** A request, and the names by which the client knows the functions in it. */
export interface DecodedResponseRequest {
  readonly request: CompletionRequest;
  readonly tools: ToolTable;
  /** How many of the system texts are the instructions, which this request alone has: the rest belongs to the conversation. */
  readonly instructions: 0 | 1;
}

/**
 * Reads the body of a request of OpenAI's Responses API (https://platform.openai.com/docs/api-reference/responses/create). `model`, `stream`, `store`,
 * `background` and `previous_response_id` are the envelope's, not read here; fields that the gateway does not know are ignored.
 *
 * @throws GatewayError `invalid_parameter` or `unsupported_parameter`; its `param` is the path of what is wrong (`input[1].content[0]`)
 */
export function decodeRequest(body: JsonObject): DecodedResponseRequest {
  refuseStored(body);
  checkEchoed(body);
  const tools = new ToolTable();
  const hosted = decodeTools(body['tools'], 'tools', tools);
  const { system, messages, hosted: more } = decodeInput(body['input'], tools);
  const instructions = [readOptionalString(body['instructions'], 'instructions') ?? ''].filter((text) => text !== '');
  const maxOutputTokens = readOptionalNumber(body['max_output_tokens'], 'max_output_tokens', { integer: true, min: 1 });
  const reasoningEffort = decodeEffort(body['reasoning']);
  const { responseFormat, verbosity } = decodeText(body['text']);
  const sampling = { ...readSampling(body), ...(verbosity === undefined ? {} : { verbosity }) };
  const vendor = { ...sampling, ...readForVendor(body), ...explicitEffort(reasoningEffort) };
  const ignored = [...new Set([...hosted, ...more, ...findIgnored(body)])];
  const request: CompletionRequest = {
    system: [...instructions, ...system],
    messages,
    ...(maxOutputTokens === undefined ? {} : { maxOutputTokens }),
    stop: [],
    ...(reasoningEffort === undefined ? {} : { reasoningEffort }),
    ...decodeToolChoice(body['tool_choice'], tools),
    parallelToolCalls: readOptionalBoolean(body['parallel_tool_calls'], 'parallel_tool_calls') ?? true,
    responseFormat,
    samplingParameters: Object.keys(sampling),
    ...(Object.keys(vendor).length === 0 ? {} : { vendorParameters: vendor }),
    apiOnlyParameters: [],
    ...(ignored.length === 0 ? {} : { ignoredParameters: ignored }),
  };
  return { request, tools, instructions: instructions.length === 0 ? 0 : 1 };
}

function refuseStored(body: JsonObject): void {
  for (const name of ['conversation', 'prompt']) {
    if (!isAbsent(body[name])) throw parameterError.unsupported(name, 'It is stored with OpenAI, and not known here.');
  }
}

function readSampling(body: JsonObject): Readonly<Record<string, number>> {
  const values = {
    temperature: readOptionalNumber(body['temperature'], 'temperature', { min: 0, max: 2 }),
    top_p: readOptionalNumber(body['top_p'], 'top_p', { min: 0, max: 1 }),
  };
  return Object.fromEntries(Object.entries(values).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])));
}

/** What Chat Completions has by the same name. Not `metadata`: it takes that for what it stores, and stores nothing for us; and it goes out with our own answer. */
function readForVendor(body: JsonObject): Readonly<Record<string, unknown>> {
  const options = body['prompt_cache_options'];
  const texts = ['user', 'safety_identifier', 'service_tier', 'prompt_cache_key', 'prompt_cache_retention'].flatMap((name) => {
    const value = readOptionalString(body[name], name);
    return value === undefined ? [] : [[name, value] as const];
  });
  return { ...Object.fromEntries(texts), ...(isAbsent(options) ? {} : { prompt_cache_options: readObject(options, 'prompt_cache_options') }) };
}

/** What asks for something that no answer here has. */
function findIgnored(body: JsonObject): readonly string[] {
  const asksFor: Readonly<Record<string, boolean>> = {
    top_logprobs: (readOptionalNumber(body['top_logprobs'], 'top_logprobs', { integer: true, min: 0, max: 20 }) ?? 0) > 0,
    max_tool_calls: readOptionalNumber(body['max_tool_calls'], 'max_tool_calls', { integer: true }) !== undefined,
    truncation: !isAbsent(body['truncation']) && readOneOf(body['truncation'], 'truncation', ['auto', 'disabled']) === 'auto',
  };
  return Object.keys(asksFor).filter((name) => asksFor[name]);
}

/** What is repeated in the answer has to be what its readers expect. */
function checkEchoed({ metadata, include }: JsonObject): void {
  if (!isAbsent(metadata)) for (const [name, value] of Object.entries(readObject(metadata, 'metadata'))) readString(value, `metadata.${name}`);
  if (!isAbsent(include)) readArray(include, 'include').forEach((each, index) => readString(each, `include[${index}]`));
}

function decodeEffort(value: unknown): ReasoningEffort | undefined {
  if (isAbsent(value)) return undefined;
  const { effort } = readObject(value, 'reasoning');
  if (isAbsent(effort)) return undefined;
  const step = readOneOf(effort, 'reasoning.effort', ['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max']);
  // OpenAI has one step more than the kernel's scale.
  return step === 'max' ? 'xhigh' : step;
}
