import { readArray, readString } from './read-value.js';
import { requestError } from './request-error.js';
import { isAbsent } from '../value-reader.js';

/** Reads `stop_sequences`. @throws GatewayError */
export function decodeStop(value: unknown): readonly string[] {
  if (isAbsent(value)) return [];
  const sent = readArray(value, 'stop_sequences');
  if (sent.length > MAX_SEQUENCES) throw requestError.invalid('stop_sequences', `List should have at most ${MAX_SEQUENCES} items`);
  return sent.map((each, index) => {
    const path = `stop_sequences.${index}`;
    const sequence = readString(each, path);
    if (sequence === '') throw requestError.invalid(path, 'each stop sequence must not be empty');
    return sequence;
  });
}

/** The gateway looks for each of them in every answer. */
const MAX_SEQUENCES = 64;
