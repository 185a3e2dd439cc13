import { type ToolCall } from './turn.ts';

/** What a model answered, as far as it is there. */
export interface Answer {
  readonly text: string;
  readonly reasoning: string;
  readonly calls: readonly ToolCall[];
  readonly finish?: string;
  readonly usage?: Usage;
  /** After the first word too. */
  readonly error?: Fault;
}

export interface Usage {
  readonly prompt_tokens: number;
  readonly completion_tokens: number;
  readonly prompt_tokens_details?: { readonly cached_tokens?: number };
  readonly completion_tokens_details?: { readonly reasoning_tokens?: number };
}

/** What went wrong, as the gateway says it. */
export interface Fault {
  readonly message: string;
  readonly type?: string;
  readonly param?: string | null;
  readonly code?: string | null;
  /** HTTP's, where it came with one. */
  readonly status?: number;
}

interface Delta {
  readonly content?: string | null;
  readonly refusal?: string | null;
  readonly reasoning_content?: string | null;
  readonly tool_calls?: readonly { readonly index?: number; readonly id?: string; readonly function?: { readonly name?: string; readonly arguments?: string } }[];
}

interface Body {
  readonly choices?: readonly { readonly delta?: Delta; readonly message?: Delta; readonly finish_reason?: string | null }[];
  readonly usage?: Usage | null;
  readonly error?: Fault;
}

export const nothingYet: Answer = { text: '', reasoning: '', calls: [] };

/** The answer with one chunk of a stream more, or the whole of one that is not streamed. */
export function withChunk(answer: Answer, chunk: unknown): Answer {
  const { choices: [choice] = [], usage, error } = chunk as Body;
  const said = choice?.delta ?? choice?.message;
  return {
    ...(said ? withDelta(answer, said) : answer),
    ...(choice?.finish_reason && { finish: choice.finish_reason }),
    ...(usage && { usage }),
    ...(error && { error }),
  };
}

function withDelta(answer: Answer, { content, refusal, reasoning_content: reasoning, tool_calls: calls }: Delta): Answer {
  return {
    ...answer,
    text: answer.text + (content ?? '') + (refusal ?? ''),
    reasoning: answer.reasoning + (reasoning ?? ''),
    ...(calls && { calls: withCalls(answer.calls, calls) }),
  };
}

function withCalls(before: readonly ToolCall[], pieces: NonNullable<Delta['tool_calls']>): readonly ToolCall[] {
  const calls = [...before];
  for (const [position, { index = position, id, function: called }] of pieces.entries()) {
    const begun = calls[index] ?? { id: '', name: '', arguments: '' };
    calls[index] = { id: begun.id || (id ?? ''), name: begun.name + (called?.name ?? ''), arguments: begun.arguments + (called?.arguments ?? '') };
  }
  return calls;
}
