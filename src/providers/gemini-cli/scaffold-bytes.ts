import { type CompletionRequest } from '../../kernel/completion-request.js';
import { offeredTools, toolInstruction } from '../tool-choice.js';

/** The CLI's word on its session, and our system prompt. */
const PROMPT = 470;
/** Around the client's own system prompt. */
const FRAME = 54;
/** A parameter that the CLI gives to each function. */
const FUNCTION = 275;

/** What Gemini CLI says to the model beside the request, about, in bytes: as 0.61 does on Linux. */
export function scaffoldBytes(request: CompletionRequest): number {
  const instruction = toolInstruction(request)?.length ?? 0;
  return PROMPT + (request.system.length > 0 || instruction > 0 ? FRAME : 0) + offeredTools(request).length * FUNCTION + instruction;
}
