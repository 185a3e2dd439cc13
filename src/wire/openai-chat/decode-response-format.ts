import { parameterError } from './parameter-error.js';
import { readObject, readOneOf, readOptionalBoolean, readOptionalString, readString } from './read-value.js';
import { isAbsent } from '../value-reader.js';
import { type ResponseFormat } from '../../kernel/completion-request.js';

/** Reads `response_format`. @throws GatewayError */
export function decodeResponseFormat(value: unknown): ResponseFormat {
  if (isAbsent(value)) return { type: 'text' };
  const format = readObject(value, 'response_format');
  switch (readOneOf(format['type'], 'response_format.type', ['text', 'json_object', 'json_schema'])) {
    case 'text':
      return { type: 'text' };
    case 'json_object':
      return { type: 'json-object' };
    case 'json_schema':
      return decodeSchema(format['json_schema']);
  }
}

function decodeSchema(value: unknown): ResponseFormat {
  const path = 'response_format.json_schema';
  const { name: sentName, schema, strict, description } = readObject(value, path);
  const name = readString(sentName, `${path}.name`);
  if (!NAME.test(name)) throw parameterError.invalid(`${path}.name`, "string does not match pattern. Expected a string that matches the pattern '^[a-zA-Z0-9_-]{1,64}$'.");
  const strictly = readOptionalBoolean(strict, `${path}.strict`);
  const meaning = readOptionalString(description, `${path}.description`);
  return {
    type: 'json-schema',
    name,
    ...(meaning === undefined ? {} : { description: meaning }),
    schema: isAbsent(schema) ? {} : readObject(schema, `${path}.schema`),
    ...(strictly === undefined ? {} : { strict: strictly }),
  };
}

const NAME = /^[a-zA-Z0-9_-]{1,64}$/;
