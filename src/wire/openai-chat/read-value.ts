import { parameterError } from './parameter-error.js';
import { type NumberRange, type ValueKind, ValueReader } from '../value-reader.js';

const nouns: Readonly<Record<ValueKind, string>> = {
  object: 'an object',
  array: 'an array',
  string: 'a string',
  boolean: 'a boolean',
  number: 'a number',
  integer: 'an integer',
};

/** Readers in OpenAI's words. */
export const { readObject, readArray, readString, readOneOf, readOptionalString, readOptionalBoolean, readOptionalNumber } = new ValueReader({
  missing: parameterError.missing,
  wrongType: (param, expected, value) => parameterError.wrongType(param, nouns[expected], value),
  below: (param, value, range) => parameterError.invalid(param, `${kindOf(range)} below minimum value. Expected a value >= ${range.min}, but got ${value} instead.`),
  above: (param, value, range) => parameterError.invalid(param, `${kindOf(range)} above maximum value. Expected a value <= ${range.max}, but got ${value} instead.`),
  notOneOf: parameterError.notOneOf,
});

function kindOf({ integer }: Required<NumberRange>): string {
  return integer ? 'integer' : 'decimal';
}
