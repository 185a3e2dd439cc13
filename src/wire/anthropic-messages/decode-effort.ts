import { readNumber, readObject, readOneOf } from './read-value.js';
import { isAbsent, type JsonObject } from '../value-reader.js';
import { type ReasoningEffort } from '../../kernel/completion-request.js';

/** Reads `thinking` and `output_config.effort`: how much the model is to think; undefined where that is left to it. @throws GatewayError */
export function decodeEffort(body: JsonObject): ReasoningEffort | undefined {
  const config = isAbsent(body['output_config']) ? {} : readObject(body['output_config'], 'output_config');
  const effort = readEffort(config['effort'], 'output_config.effort');
  if (isAbsent(body['thinking'])) return effort;
  const thinking = readObject(body['thinking'], 'thinking');
  const type = readOneOf(thinking['type'], 'thinking.type', ['enabled', 'disabled', 'adaptive', 'between_tools']);
  if (type === 'disabled') return 'none';
  if (type !== 'enabled') return effort;
  const budget = readNumber(thinking['budget_tokens'], 'thinking.enabled.budget_tokens', { integer: true, min: 1024 });
  return effort ?? effortOf(budget);
}

/** Reads Anthropic's word for an effort, which may be left out. @throws GatewayError */
export function readEffort(value: unknown, path: string): ReasoningEffort | undefined {
  if (isAbsent(value)) return undefined;
  const effort = readOneOf(value, path, ['low', 'medium', 'high', 'xhigh', 'max']);
  return effort === 'max' ? 'xhigh' : effort;
}

/** Where other vendors know steps only, a budget is the nearest of them. */
function effortOf(budget: number): ReasoningEffort {
  if (budget <= 4096) return 'low';
  return budget <= 16_384 ? 'medium' : 'high';
}
