import { type CompletionRequest } from '../../src/kernel/completion-request.js';
import { type Message } from '../../src/kernel/message.js';

/** A request that asks for nothing but an answer to `messages`, with what a spec is about in its place. */
export function completionRequest(messages: readonly Message[] = [], change: Partial<CompletionRequest> = {}): CompletionRequest {
  const nothing = {
    system: [],
    stop: [],
    tools: [],
    toolChoice: 'auto',
    parallelToolCalls: true,
    responseFormat: { type: 'text' },
    samplingParameters: [],
    apiOnlyParameters: [],
  } as const;
  return { ...nothing, messages, ...change };
}
