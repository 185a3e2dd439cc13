import { encodeMessages } from './encode-messages.js';
import { type CompletionRequest, type FunctionTool, type ResponseFormat, type ToolChoice } from '../../kernel/completion-request.js';

export interface EncodeRequestOptions {
  readonly stream: boolean;
  /** What the vendor calls the limit of the answer's tokens. */
  readonly maxTokensName?: 'max_completion_tokens' | 'max_tokens';
  /** Names of {@link CompletionRequest.vendorParameters} that the vendor would refuse. */
  readonly without?: readonly string[];
}

/**
 * Writes a request for a vendor that speaks Chat Completions.
 *
 * @throws GatewayError `unsupported_parameter` that names a content part which cannot be passed on (audio)
 */
export function encodeRequest(
  request: CompletionRequest,
  model: string,
  { stream, maxTokensName = 'max_completion_tokens', without = [] }: EncodeRequestOptions,
): Readonly<Record<string, unknown>> {
  return {
    ...Object.fromEntries(Object.entries(request.vendorParameters ?? {}).filter(([name]) => !without.includes(name))),
    model,
    messages: encodeMessages(request),
    ...(stream ? { stream: true } : {}),
    ...(request.maxOutputTokens === undefined ? {} : { [maxTokensName]: request.maxOutputTokens }),
    ...(request.stop.length === 0 ? {} : { stop: request.stop.slice(0, MAX_STOPS) }),
    // For `none` see explicit-effort.ts.
    ...(request.reasoningEffort === undefined || request.reasoningEffort === 'none' ? {} : { reasoning_effort: request.reasoningEffort }),
    ...encodeTools(request),
    ...encodeResponseFormat(request.responseFormat),
  };
}

/** Vendors take no more; the gateway looks for all of them itself. */
const MAX_STOPS = 4;

/** Vendors refuse `tool_choice` and `parallel_tool_calls` without tools. */
function encodeTools({ tools, toolChoice, parallelToolCalls }: CompletionRequest): object {
  if (tools.length === 0) return {};
  return {
    tools: tools.map((tool: FunctionTool) => ({ type: 'function', function: tool })),
    ...(toolChoice === 'auto' ? {} : { tool_choice: encodeToolChoice(toolChoice) }),
    ...(parallelToolCalls ? {} : { parallel_tool_calls: false }),
  };
}

function encodeToolChoice(choice: ToolChoice): unknown {
  return typeof choice === 'string' ? choice : { type: 'function', function: { name: choice.name } };
}

function encodeResponseFormat(format: ResponseFormat): object {
  switch (format.type) {
    case 'text':
      return {};
    case 'json-object':
      return { response_format: { type: 'json_object' } };
    case 'json-schema':
      return { response_format: { type: 'json_schema', json_schema: { name: format.name, description: format.description, schema: format.schema, strict: format.strict } } };
  }
}
