import { type CompletionRequest, type FunctionTool } from '../kernel/completion-request.js';

type Offer = Pick<CompletionRequest, 'tools' | 'toolChoice'>;

/** The functions that a CLI, which takes no `tool_choice`, offers to its model: none, the one that was named, or all. */
export function offeredTools({ tools, toolChoice }: Offer): readonly FunctionTool[] {
  if (toolChoice === 'none') return [];
  return typeof toolChoice === 'string' ? tools : tools.filter(({ name }) => name === toolChoice.name);
}

/** What the system prompt of a CLI has to say where the model must call a function; undefined where it is free to. */
export function toolInstruction({ toolChoice }: Offer): string | undefined {
  if (toolChoice === 'none' || toolChoice === 'auto') return undefined;
  return toolChoice === 'required'
    ? 'Answer by calling one or more of the tools that you are given. Do not answer in words alone.'
    : `Answer by calling the tool ${toolChoice.name}. Do not answer in words alone.`;
}
