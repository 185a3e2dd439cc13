import { decodeTexts } from './decode-texts.js';
import { isAbsent } from '../value-reader.js';

/**
 * Reads `system`. What Claude Code writes there for Anthropic's accounting, and changes from one version to the next, is no word to a model.
 *
 * @throws GatewayError
 */
export function decodeSystem(value: unknown): readonly string[] {
  return isAbsent(value) ? [] : decodeTexts(value, 'system').filter((text) => !text.startsWith('x-anthropic-billing-header:'));
}
