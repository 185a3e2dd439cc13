import { clip } from '../clip.js';
import { GatewayError } from '../../kernel/gateway-error.js';

/** Errors about one field, in Anthropic's words: its path (`messages.1.content.0.text`), then what is wrong with it. */
export const requestError = {
  missing: (path: string): GatewayError => invalid(path, 'Field required'),

  /** `expected` is a noun of its own: `valid string`. */
  wrongType: (path: string, expected: string): GatewayError => invalid(path, `Input should be a ${expected}`),

  /** `problem` is a sentence. */
  invalid,

  notOneOf: (path: string, supported: readonly string[]): GatewayError => invalid(path, `Input should be ${supported.map((each) => `'${each}'`).join(' or ')}`),

  unknownTag: (path: string, tag: string, supported: readonly string[]): GatewayError =>
    invalid(path, `Input tag '${clip(tag)}' found using 'type' does not match any of the expected tags: ${supported.map((each) => `'${each}'`).join(', ')}`),

  /** `reason` is whole sentences: why, and what to send in its place. */
  unsupported: (path: string, reason: string): GatewayError => new GatewayError('unsupported_parameter', `${path}: ${reason}`, { param: path }),
} as const;

function invalid(path: string, problem: string): GatewayError {
  return new GatewayError('invalid_parameter', `${path}: ${problem}`, { param: path });
}
