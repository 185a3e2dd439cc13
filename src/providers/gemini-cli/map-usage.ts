import { type RecordedTokens } from './session-file.js';
import { type Usage } from '../../kernel/usage.js';

/**
 * The tokens of a turn. The CLI tells those of the prompt and of the text; the part of the prompt that was cached, and what was thought, stand in its notes alone.
 *
 * @param told what the CLI said at the end of the turn
 * @param noted what it has noted; of another turn where the figures differ
 */
export function mapUsage(told: Usage | undefined, noted: RecordedTokens | undefined): Usage | undefined {
  if (!told || noted?.input !== told.inputTokens || noted.output !== told.outputTokens) return told;
  return { inputTokens: noted.input, outputTokens: noted.output + noted.thoughts, cachedInputTokens: noted.cached, reasoningTokens: noted.thoughts };
}
