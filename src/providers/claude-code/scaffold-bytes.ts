import { type CompletionRequest } from '../../kernel/completion-request.js';
import { toolInstruction } from '../tool-choice.js';

/** A line about billing, who the model is, and the environment, as 2.1.330 tells them on Linux. */
const PROMPT = 1110;
/** The tool through which the answer comes by a schema, beside the schema itself. */
const STRUCTURED_OUTPUT = 230;

/** What Claude Code says to the model beside the request, about, in bytes. */
export function scaffoldBytes(request: CompletionRequest): number {
  return PROMPT + (request.responseFormat.type === 'json-schema' ? STRUCTURED_OUTPUT : 0) + (toolInstruction(request)?.length ?? 0);
}
