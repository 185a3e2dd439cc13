import { readArray, readObject, readOneOf, readOptionalBoolean, readOptionalNumber } from './read-value.js';
import { isAbsent, type JsonObject } from '../value-reader.js';

/** The parameters sent that ask for what only an API can do, each checked as OpenAI does. Values that ask for nothing (`n: 1`) do not count. @throws GatewayError */
export function findApiOnlyParameters(body: JsonObject): readonly string[] {
  return Object.keys(asksForIt).filter((name) => !isAbsent(body[name]) && asksForIt[name]?.(body[name], name));
}

const asksForIt: Readonly<Record<string, (value: unknown, param: string) => boolean>> = {
  n: (value, param) => (readOptionalNumber(value, param, { integer: true, min: 1, max: 128 }) ?? 1) > 1,
  logprobs: (value, param) => readOptionalBoolean(value, param) ?? false,
  top_logprobs: (value, param) => (readOptionalNumber(value, param, { integer: true, min: 0, max: 20 }) ?? 0) > 0,
  modalities: (value, param) =>
    readArray(value, param)
      .map((each, index) => readOneOf(each, `${param}[${index}]`, ['text', 'audio']))
      .includes('audio'),
  audio: isSent,
  prediction: isSent,
  web_search_options: isSent,
};

function isSent(value: unknown, param: string): true {
  readObject(value, param);
  return true;
}
