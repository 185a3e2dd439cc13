// The `.ts` of what is imported: Node runs this as it is, in a thread, under the tests.
import { findJson } from './find-json.ts';
import { isJson } from '../kernel/is-json.ts';

/** An answer that fits, as the JSON that the model wrote, or what is wrong with it, in words. */
export type Checked = { readonly json: string } | { readonly problems: readonly string[] };

/** What is wrong with a value, in words; empty where it fits. */
export type Validate = (value: unknown) => readonly string[];

const MAX_VALUES = 20;
const several: Checked = { problems: ['the answer holds several JSON values'] };

/**
 * Finds the JSON of an answer and judges it.
 *
 * @param exact whether it must be JSON from its first character to its last; else there may be words or a code fence around it
 */
export function checkAnswer(text: string, exact: boolean, validate: Validate): Checked {
  if (exact) {
    const json = text.trim();
    return isJson(json) ? checkOne(json, validate) : { problems: ['the answer is not JSON'] };
  }
  const found = findJson(text);
  if (found.length > MAX_VALUES) return several;
  const checked = found.map((json) => checkOne(json, validate));
  const [fitting, another] = checked.filter((each) => 'json' in each);
  if (fitting && another) return several;
  return fitting ?? checked[0] ?? { problems: ['the answer holds no valid JSON'] };
}

/** What `json_object` asks for. */
export function objectOnly(value: unknown): readonly string[] {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? [] : ['the value must be a JSON object'];
}

function checkOne(json: string, validate: Validate): Checked {
  const problems = validate(JSON.parse(json));
  return problems.length > 0 ? { problems } : { json };
}
