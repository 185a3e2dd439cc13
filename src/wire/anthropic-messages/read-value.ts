import { requestError } from './request-error.js';
import { type JsonObject, type ValueKind, ValueReader } from '../value-reader.js';

/** Anthropic's own words, which are its server's language's; the rest it calls as all do. */
const nouns: Readonly<Partial<Record<ValueKind, string>>> = { object: 'dictionary', array: 'list' };

/** Readers in Anthropic's words. */
export const { readObject, readArray, readString, readNumber, readOneOf, readOptionalString, readOptionalBoolean } = new ValueReader({
  missing: requestError.missing,
  wrongType: (path, expected) => requestError.wrongType(path, `valid ${nouns[expected] ?? expected}`),
  below: (path, _value, { min }) => requestError.invalid(path, `Input should be greater than or equal to ${min}`),
  above: (path, _value, { max }) => requestError.invalid(path, `Input should be less than or equal to ${max}`),
  notOneOf: (path, _value, supported) => requestError.notOneOf(path, supported),
});

/** Reads the `type` of a block at `path`. @throws GatewayError that names the block */
export function readTag(block: JsonObject, path: string): string {
  return readString(block['type'], `${path}.type`);
}

/** Reads what may be a text or a list of blocks: a text counts as one text block. @throws GatewayError that names `path` */
export function readBlocks(value: unknown, path: string): readonly JsonObject[] {
  if (typeof value === 'string') return [{ type: 'text', text: value }];
  return readArray(value, path).map((block, index) => readObject(block, `${path}.${index}`));
}
