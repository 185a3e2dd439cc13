import { type BatchProblem } from './batch.js';
import { excessOf, MAX_JSON_DEPTH, MAX_JSON_VALUES } from '../../kernel/json-depth.js';

const MAX_CUSTOM_ID = 512;

/** One request of a batch. */
export interface BatchRequest {
  /** The client's own name for it. */
  readonly customId: string;
  readonly body: Readonly<Record<string, unknown>>;
}

export type LineProblem = Omit<BatchProblem, 'line'>;

/** Reads a line of a batch's input: `{"custom_id", "method": "POST", "url", "body"}`. What is in the body is its endpoint's to judge. */
export function parseLine(text: string, endpoint: string): BatchRequest | LineProblem {
  const excess = excessOf(Buffer.from(text), MAX_JSON_DEPTH, MAX_JSON_VALUES);
  if (excess !== undefined) {
    return problem('invalid_json_line', `The line ${excess === 'depth' ? `is nested more than ${MAX_JSON_DEPTH} levels deep` : `has more than ${MAX_JSON_VALUES} values`}.`);
  }
  const line = objectIn(text);
  if (!line) return problem('invalid_json_line', 'The line is not a JSON object.');
  const { custom_id: customId, method, url, body } = line;
  if (typeof customId !== 'string' || customId === '') return problem('missing_required_parameter', 'Every line needs a "custom_id", a text.', 'custom_id');
  if (customId.length > MAX_CUSTOM_ID) return problem('invalid_value', `"custom_id" is longer than ${MAX_CUSTOM_ID} characters.`, 'custom_id');
  if (method !== 'POST') return problem('invalid_method', '"method" must be "POST".', 'method');
  if (url !== endpoint) return problem('mismatched_url', `"url" must be the batch's endpoint, "${endpoint}".`, 'url');
  return problemIn(body, text) ?? { customId, body: body as BatchRequest['body'] };
}

function problemIn(body: unknown, text: string): LineProblem | undefined {
  if (!isObject(body)) return problem('invalid_body', '"body" must be a JSON object.', 'body');
  if (body['stream'] === true) return problem('invalid_body', 'Nobody listens to a request of a batch: leave "stream" out.', 'body.stream');
  if (hasForbiddenKey(text, body)) return problem('invalid_body', '"body" has a key that is not allowed: "__proto__", or "constructor" with a "prototype" in it.', 'body');
  return undefined;
}

export function isProblem(line: BatchRequest | LineProblem): line is LineProblem {
  return 'code' in line;
}

function problem(code: string, message: string, param: string | null = null): LineProblem {
  return { code, message, param };
}

function objectIn(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** As in the bodies of requests: keys that would reach an object's prototype. @param text where they may stand, escaped or not */
function hasForbiddenKey(text: string, body: object): boolean {
  if (!/proto|\\u00/.test(text)) return false;
  const pending: object[] = [body];
  for (let next = pending.pop(); next; next = pending.pop()) {
    if (Object.hasOwn(next, '__proto__')) return true;
    for (const [key, value] of Object.entries(next) as [string, unknown][]) {
      if (typeof value !== 'object' || value === null) continue;
      if (key === 'constructor' && Object.hasOwn(value, 'prototype')) return true;
      pending.push(value);
    }
  }
  return false;
}
