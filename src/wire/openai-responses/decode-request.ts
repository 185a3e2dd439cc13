import { decodeInput } from './decode-input.js';
import { decodeToolChoice } from './decode-tool-choice.js';
import { decodeTools } from './decode-tools.js';
import { ToolTable } from './tool-table.js';
import { parameterError } from '../openai-chat/parameter-error.js';
import { isAbsent, type JsonObject, readObject, readOneOf, readOptionalBoolean, readOptionalNumber, readOptionalString, readString } from '../openai-chat/read-value.js';
import { type CompletionRequest, type ReasoningEffort, type ResponseFormat } from '../../kernel/completion-request.js';

/** A request, and the names by which the client knows the functions in it. */
export interface DecodedResponseRequest {
  readonly request: CompletionRequest;
  readonly tools: ToolTable;
}

/**
 * Reads the body of a request of OpenAI's Responses API (https://platform.openai.com/docs/api-reference/responses/create). `model`, `stream`, `store`,
 * `background` and `previous_response_id` are the envelope's, not read here; fields that the gateway does not know are ignored.
 *
 * @throws GatewayError `invalid_parameter` or `unsupported_parameter`; its `param` is the path of what is wrong (`input[1].content[0]`)
 */
export function decodeRequest(body: JsonObject): DecodedResponseRequest {
  refuseStored(body);
  const tools = new ToolTable();
  const hosted = decodeTools(body['tools'], 'tools', tools);
  const { system, messages, hosted: more } = decodeInput(body['input'], tools);
  const instructions = readOptionalString(body['instructions'], 'instructions');
  const maxOutputTokens = readOptionalNumber(body['max_output_tokens'], 'max_output_tokens', { integer: true, min: 1 });
  const reasoningEffort = decodeEffort(body['reasoning']);
  const { responseFormat, verbosity } = decodeText(body['text']);
  const vendor = { ...readSampling(body), ...(verbosity === undefined ? {} : { verbosity }) };
  const ignored = [...hosted, ...more];
  const request: CompletionRequest = {
    system: [...(instructions === undefined || instructions === '' ? [] : [instructions]), ...system],
    messages,
    ...(maxOutputTokens === undefined ? {} : { maxOutputTokens }),
    stop: [],
    ...(reasoningEffort === undefined ? {} : { reasoningEffort }),
    ...decodeToolChoice(body['tool_choice'], tools),
    parallelToolCalls: readOptionalBoolean(body['parallel_tool_calls'], 'parallel_tool_calls') ?? true,
    responseFormat,
    samplingParameters: Object.keys(vendor),
    ...(Object.keys(vendor).length === 0 ? {} : { vendorParameters: vendor }),
    apiOnlyParameters: [],
    ...(ignored.length === 0 ? {} : { ignoredParameters: ignored }),
  };
  return { request, tools };
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

function decodeEffort(value: unknown): ReasoningEffort | undefined {
  if (isAbsent(value)) return undefined;
  const { effort } = readObject(value, 'reasoning');
  if (isAbsent(effort)) return undefined;
  const step = readOneOf(effort, 'reasoning.effort', ['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max']);
  // OpenAI has one step more than the kernel's scale.
  return step === 'max' ? 'xhigh' : step;
}

function decodeText(value: unknown): { readonly responseFormat: ResponseFormat; readonly verbosity?: string } {
  if (isAbsent(value)) return { responseFormat: { type: 'text' } };
  const { format, verbosity } = readObject(value, 'text');
  const words = isAbsent(verbosity) ? {} : { verbosity: readOneOf(verbosity, 'text.verbosity', ['low', 'medium', 'high']) };
  return { responseFormat: isAbsent(format) ? { type: 'text' } : decodeFormat(readObject(format, 'text.format')), ...words };
}

function decodeFormat(format: JsonObject): ResponseFormat {
  switch (readOneOf(format['type'], 'text.format.type', ['text', 'json_object', 'json_schema'])) {
    case 'text':
      return { type: 'text' };
    case 'json_object':
      return { type: 'json-object' };
    case 'json_schema': {
      const description = readOptionalString(format['description'], 'text.format.description');
      const strict = readOptionalBoolean(format['strict'], 'text.format.strict');
      return {
        type: 'json-schema',
        name: readString(format['name'], 'text.format.name'),
        ...(description === undefined ? {} : { description }),
        schema: readObject(format['schema'], 'text.format.schema'),
        ...(strict === undefined ? {} : { strict }),
      };
    }
  }
}
