import { parameterError } from './parameter-error.js';
import { readArray, readObject, readOneOf, readString } from './read-value.js';

/** Reads content that can only be text: a string, or an array of text parts (of refusals too, where `types` says so). @throws GatewayError */
export function decodeTextParts(value: unknown, path: string, types: readonly ('text' | 'refusal')[] = ['text']): readonly string[] {
  if (typeof value === 'string') return [readString(value, path)];
  if (value !== undefined && !Array.isArray(value)) throw parameterError.wrongType(path, 'a string or an array of content parts', value);
  return readArray(value, path).map((each, index) => {
    const part = readObject(each, `${path}[${index}]`);
    const type = readOneOf(part['type'], `${path}[${index}].type`, types);
    return readString(part[type], `${path}[${index}].${type}`);
  });
}
