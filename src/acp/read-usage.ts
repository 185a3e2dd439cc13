import { countOf, type Fields, fieldsOf } from '../kernel/read-value.js';
import { type Usage } from '../kernel/usage.js';

/**
 * The tokens of a turn: by the draft `usage`, else by what some agents put into `_meta.quota`; undefined where the agent tells nothing.
 *
 * @param raw the result of `session/prompt`
 */
export function readUsage(raw: unknown): Usage | undefined {
  const { usage, _meta: meta } = fieldsOf(raw);
  return usageOf(fieldsOf(usage)) ?? usageOf(fieldsOf(fieldsOf(fieldsOf(meta)['quota'])['token_count']));
}

function usageOf(figures: Fields): Usage | undefined {
  const first = (...names: readonly string[]): number | undefined => names.map((name) => countOf(figures[name])).find((count) => count !== undefined);
  const input = first('inputTokens', 'input_tokens');
  const output = first('outputTokens', 'output_tokens');
  if (input === undefined || output === undefined) return undefined;
  const read = first('cachedReadTokens', 'cachedInputTokens', 'cached_input_tokens');
  const written = first('cachedWriteTokens', 'cacheWriteInputTokens');
  const reasoning = first('thoughtTokens', 'reasoningOutputTokens');
  const apart = (read ?? 0) + (written ?? 0);
  return {
    inputTokens: isBeside(first('totalTokens'), input + output, apart) ? input + apart : input,
    outputTokens: output,
    ...(read === undefined ? {} : { cachedInputTokens: read }),
    ...(written === undefined ? {} : { cacheWriteInputTokens: written }),
    ...(reasoning === undefined ? {} : { reasoningTokens: reasoning }),
  };
}

/** Some vendors count the cached part of a prompt in the rest of it, some beside it: the sum tells. */
function isBeside(total = 0, rest: number, apart: number): boolean {
  return apart > 0 && total >= rest + apart;
}
