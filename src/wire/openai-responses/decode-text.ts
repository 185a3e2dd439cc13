import { parameterError } from '../openai-chat/parameter-error.js';
import { readObject, readOneOf, readOptionalBoolean, readOptionalString, readString } from '../openai-chat/read-value.js';
import { isAbsent, type JsonObject } from '../value-reader.js';
import { type ResponseFormat } from '../../kernel/completion-request.js';

const NAME = /^[a-zA-Z0-9_-]{1,64}$/;

/** Reads `text`: the form of the answer, and how long-winded it may be. @throws GatewayError */
export function decodeText(value: unknown): { readonly responseFormat: ResponseFormat; readonly verbosity?: string } {
  if (isAbsent(value)) return { responseFormat: { type: 'text' } };
  const { format, verbosity } = readObject(value, 'text');
  const words = isAbsent(verbosity) ? {} : { verbosity: readOneOf(verbosity, 'text.verbosity', ['low', 'medium', 'high']) };
  return { responseFormat: isAbsent(format) ? { type: 'text' } : decodeFormat(readObject(format, 'text.format')), ...words };
}

function decodeFormat(format: JsonObject): ResponseFormat {
  switch (readOneOf(format['type'], 'text.format.type', ['text', 'json_object', 'json_schema'])) {
    case 'text':
      return { type: 'text' };
    case 'json_object':
      return { type: 'json-object' };
    case 'json_schema': {
      const name = readString(format['name'], 'text.format.name');
      if (!NAME.test(name)) throw parameterError.invalid('text.format.name', "string does not match pattern. Expected a string that matches the pattern '^[a-zA-Z0-9_-]{1,64}$'.");
      const description = readOptionalString(format['description'], 'text.format.description');
      const strict = readOptionalBoolean(format['strict'], 'text.format.strict');
      return {
        type: 'json-schema',
        name,
        ...(description === undefined ? {} : { description }),
        schema: readObject(format['schema'], 'text.format.schema'),
        ...(strict === undefined ? {} : { strict }),
      };
    }
  }
}
