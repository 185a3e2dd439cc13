import { type Turn } from './turn.ts';

/** How much a model is to think. */
export const efforts = ['none', 'minimal', 'low', 'medium', 'high', 'xhigh'] as const;
export type Effort = (typeof efforts)[number];

/** What is asked for beside the messages. */
export interface Settings {
  readonly model: string;
  readonly system: string;
  readonly stream: boolean;
  readonly maxTokens?: number | undefined;
  readonly temperature?: number | undefined;
  readonly effort?: Effort | undefined;
  readonly tools?: readonly FunctionTool[] | undefined;
  /** A JSON schema that the answer keeps to. */
  readonly schema?: object | undefined;
}

export interface FunctionTool {
  readonly type: 'function';
  readonly function: { readonly name: string; readonly description?: string; readonly parameters?: object; readonly strict?: boolean };
}

export type ChatMessage =
  | { readonly role: 'system' | 'user'; readonly content: string }
  | { readonly role: 'assistant'; readonly content: string | null; readonly tool_calls?: readonly WrittenCall[] }
  | { readonly role: 'tool'; readonly tool_call_id: string; readonly content: string };

interface WrittenCall {
  readonly id: string;
  readonly type: 'function';
  readonly function: { readonly name: string; readonly arguments: string };
}

/** The body of a chat completion (`POST /v1/chat/completions`). */
export interface ChatBody {
  readonly model: string;
  readonly messages: readonly ChatMessage[];
  readonly stream?: true;
  readonly stream_options?: { readonly include_usage: true };
  readonly max_completion_tokens?: number;
  readonly temperature?: number;
  readonly reasoning_effort?: Effort;
  readonly tools?: readonly FunctionTool[];
  readonly response_format?: { readonly type: 'json_schema'; readonly json_schema: { readonly name: string; readonly strict: true; readonly schema: object } };
}

/** What the playground sends, and what the code beside it sends. What is not set is not in it. */
export function chatBody(settings: Settings, turns: readonly Turn[]): ChatBody {
  const { model, system, stream, maxTokens, temperature, effort, tools = [], schema } = settings;
  return {
    model,
    messages: [...(system.trim() === '' ? [] : [{ role: 'system' as const, content: system }]), ...turns.map(messageOf)],
    ...(maxTokens !== undefined && { max_completion_tokens: maxTokens }),
    ...(temperature !== undefined && { temperature }),
    ...(effort !== undefined && { reasoning_effort: effort }),
    ...(tools.length > 0 && { tools }),
    ...(schema && { response_format: { type: 'json_schema', json_schema: { name: 'answer', strict: true, schema } } }),
    ...(stream && { stream: true, stream_options: { include_usage: true } }),
  };
}

function messageOf(turn: Turn): ChatMessage {
  if (turn.role === 'user') return { role: 'user', content: turn.text };
  if (turn.role === 'tool') return { role: 'tool', tool_call_id: turn.callId, content: turn.text };
  if (turn.calls.length === 0) return { role: 'assistant', content: turn.text };
  const calls = turn.calls.map(({ id, name, arguments: json }): WrittenCall => ({ id, type: 'function', function: { name, arguments: json } }));
  return { role: 'assistant', content: turn.text === '' ? null : turn.text, tool_calls: calls };
}
