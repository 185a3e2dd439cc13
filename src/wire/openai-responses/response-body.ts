import { type OutputItem } from './output-items.js';
import { type ResponseUsage } from './encode-usage.js';
import { isAbsent, type JsonObject } from '../value-reader.js';

/** States of an answer. */
export type ResponseStatus = 'queued' | 'in_progress' | 'completed' | 'incomplete' | 'failed' | 'cancelled';

/** What becomes of an answer, beside what was asked. */
export interface ResponseState {
  readonly status: ResponseStatus;
  readonly output: readonly OutputItem[];
  readonly usage?: ResponseUsage;
  readonly error?: { readonly code: string; readonly message: string };
  readonly incomplete?: 'max_output_tokens' | 'content_filter';
}

/** What the answer is called, and when it began. */
export interface ResponseHead {
  /** `resp_…`. */
  readonly id: string;
  /** Seconds since 1970. */
  readonly created: number;
  /** The client's body: what it asked for is repeated. */
  readonly body: JsonObject;
}

/** OpenAI's `response` object. */
export interface ResponseObject {
  readonly id: string;
  readonly object: 'response';
  readonly status: ResponseStatus;
  readonly output: readonly OutputItem[];
  readonly [field: string]: unknown;
}

export function responseBody({ id, created, body }: ResponseHead, { status, output, usage, error, incomplete }: ResponseState): ResponseObject {
  const asked = (name: string, otherwise: unknown): unknown => (isAbsent(body[name]) ? otherwise : body[name]);
  return {
    id,
    object: 'response',
    created_at: created,
    status,
    background: asked('background', false),
    error: error ?? null,
    incomplete_details: incomplete === undefined ? null : { reason: incomplete },
    instructions: asked('instructions', null),
    max_output_tokens: asked('max_output_tokens', null),
    model: asked('model', ''),
    output,
    parallel_tool_calls: asked('parallel_tool_calls', true),
    previous_response_id: asked('previous_response_id', null),
    reasoning: { effort: null, summary: null, ...(asked('reasoning', {}) as object) },
    service_tier: 'default',
    store: asked('store', true),
    temperature: asked('temperature', 1),
    text: { format: { type: 'text' }, ...(asked('text', {}) as object) },
    tool_choice: asked('tool_choice', 'auto'),
    tools: (asked('tools', []) as readonly JsonObject[]).map(repeatTool),
    top_p: asked('top_p', 1),
    truncation: asked('truncation', 'disabled'),
    ...(usage === undefined ? {} : { usage }),
    ...(status === 'completed' ? { completed_at: Math.floor(Date.now() / 1000) } : {}),
    metadata: asked('metadata', {}),
    ...Object.fromEntries(repeated.flatMap((name) => (isAbsent(body[name]) ? [] : [[name, body[name]]]))),
  };
}

/** What is repeated only where it was asked for. */
const repeated = ['max_tool_calls', 'prompt_cache_key', 'safety_identifier', 'top_logprobs', 'user'];

/** With the fields that a function always has. */
function repeatTool(tool: JsonObject): JsonObject {
  return tool['type'] === 'function' ? { description: null, parameters: null, strict: false, ...tool } : tool;
}
