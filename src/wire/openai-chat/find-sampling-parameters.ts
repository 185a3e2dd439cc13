import { parameterError } from './parameter-error.js';
import { readObject, readOneOf, readOptionalNumber } from './read-value.js';
import { isAbsent, type JsonObject } from '../value-reader.js';

/** The parameters sent that shape how the model picks its words, each checked as OpenAI does. @throws GatewayError */
export function findSamplingParameters(body: JsonObject): readonly string[] {
  return Object.keys(checks).filter((name) => {
    if (isAbsent(body[name])) return false;
    checks[name]?.(body[name], name);
    return true;
  });
}

const checks: Readonly<Record<string, (value: unknown, param: string) => void>> = {
  temperature: (value, param) => readOptionalNumber(value, param, { min: 0, max: 2 }),
  top_p: (value, param) => readOptionalNumber(value, param, { min: 0, max: 1 }),
  presence_penalty: (value, param) => readOptionalNumber(value, param, { min: -2, max: 2 }),
  frequency_penalty: (value, param) => readOptionalNumber(value, param, { min: -2, max: 2 }),
  seed: (value, param) => readOptionalNumber(value, param, { integer: true }),
  logit_bias: checkLogitBias,
  verbosity: (value, param) => readOneOf(value, param, ['low', 'medium', 'high']),
};

function checkLogitBias(value: unknown, param: string): void {
  for (const [token, bias] of Object.entries(readObject(value, param))) {
    if (isAbsent(bias)) throw parameterError.wrongType(`${param}.${token}`, 'a number', bias);
    readOptionalNumber(bias, `${param}.${token}`, { min: -100, max: 100 });
  }
}
