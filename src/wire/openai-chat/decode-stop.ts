import { parameterError } from './parameter-error.js';
import { readArray, readString } from './read-value.js';
import { isAbsent } from '../value-reader.js';

/** Reads `stop`: null, one sequence or up to four. @throws GatewayError */
export function decodeStop(value: unknown): readonly string[] {
  if (isAbsent(value)) return [];
  if (typeof value === 'string') return [sequence(value, 'stop')];
  if (!Array.isArray(value)) throw parameterError.wrongType('stop', 'a string or an array of strings', value);
  const sequences = readArray(value, 'stop');
  if (sequences.length > MAX_SEQUENCES) {
    throw parameterError.invalid('stop', `array too long. Expected an array with maximum length ${MAX_SEQUENCES}, but got an array with length ${sequences.length} instead.`);
  }
  return sequences.map((each, index) => sequence(each, `stop[${index}]`));
}

const MAX_SEQUENCES = 4;

function sequence(value: unknown, param: string): string {
  const text = readString(value, param);
  if (text === '') throw parameterError.invalid(param, 'empty string. Expected a string with minimum length 1, but got an empty string instead.');
  return text;
}
