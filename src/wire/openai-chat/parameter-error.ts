import { clip } from '../clip.js';
import { GatewayError } from '../../kernel/gateway-error.js';

/** Errors about one parameter, in OpenAI's words. `param` is its path (`messages[1].content[0].text`), `expected` has its article (`a number`). */
export const parameterError = {
  missing: (param: string): GatewayError => invalid(param, `Missing required parameter: '${param}'.`),

  wrongType: (param: string, expected: string, value: unknown): GatewayError =>
    invalid(param, `Invalid type for '${param}': expected ${expected}, but got ${nameOfType(value)} instead.`),

  /** `problem` goes on after the name: `empty array. Expected …`. */
  invalid: (param: string, problem: string): GatewayError => invalid(param, `Invalid '${param}': ${problem}`),

  notOneOf: (param: string, value: string, supported: readonly string[]): GatewayError =>
    invalid(param, `Invalid value: '${clip(value)}'. Supported values are: ${supported.map((each) => `'${each}'`).join(', ')}.`),

  /** `reason` is whole sentences: why, and what to send in its place. */
  unsupported: (param: string, reason: string): GatewayError => new GatewayError('unsupported_parameter', `Unsupported parameter: '${param}'. ${reason}`, { param }),
} as const;

function invalid(param: string, message: string): GatewayError {
  return new GatewayError('invalid_parameter', message, { param });
}

function nameOfType(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'an array';
  switch (typeof value) {
    case 'string':
      return 'a string';
    case 'number':
      return Number.isInteger(value) ? 'an integer' : 'a decimal number';
    case 'boolean':
      return 'a boolean';
    case 'object':
      return 'an object';
    default:
      return 'nothing';
  }
}
