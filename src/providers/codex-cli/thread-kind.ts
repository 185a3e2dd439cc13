import { type FunctionTool } from '../../kernel/completion-request.js';

/** What a thread is made with, and cannot be changed any more. */
export interface ThreadKind {
  readonly model: string;
  readonly instructions: string;
  readonly tools: readonly FunctionTool[];
}
