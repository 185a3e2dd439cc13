import { type CompletionRequest } from '../../kernel/completion-request.js';
import { offeredTools, toolInstruction } from '../tool-choice.js';

/** Around the functions, and around each of them. */
const NAMESPACE = 75;
const FUNCTION = 35;

/** What Codex CLI says to the model beside the request, about, in bytes: of a lean thread nothing. */
export function scaffoldBytes(request: CompletionRequest): number {
  const { length } = offeredTools(request);
  return (length === 0 ? 0 : NAMESPACE + length * FUNCTION) + (toolInstruction(request)?.length ?? 0);
}
