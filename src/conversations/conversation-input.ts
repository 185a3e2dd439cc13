import { type ConversationDefinition, type Metadata } from './conversation.js';
import { clip } from '../wire/clip.js';
import { parameterError } from '../wire/openai-chat/parameter-error.js';
import { readObject, readOptionalString, readString } from '../wire/openai-chat/read-value.js';
import { isAbsent } from '../wire/value-reader.js';

const MAX_SYSTEM_BYTES = 256 * 1024;
/** As OpenAI's: https://platform.openai.com/docs/api-reference/conversations/create */
const MAX_PAIRS = 16;
const MAX_KEY = 64;
const MAX_VALUE = 512;
const fields: readonly string[] = ['system', 'metadata'];

/** The body of `POST /conversations`, which may be left out. @throws GatewayError `invalid_parameter` that names the field */
export function parseConversation(sent: unknown): ConversationDefinition {
  if (isAbsent(sent)) return { system: undefined, metadata: {} };
  const body = readObject(sent, 'body');
  const unknown = Object.keys(body).find((field) => !fields.includes(field));
  if (unknown !== undefined) throw parameterError.invalid(clip(unknown), `it is not known; there is ${fields.join(', ')}.`);
  const system = readOptionalString(body['system'], 'system');
  if (system !== undefined && Buffer.byteLength(system) > MAX_SYSTEM_BYTES) throw parameterError.invalid('system', `it is longer than ${MAX_SYSTEM_BYTES} bytes.`);
  return { system: system?.trim() === '' ? undefined : system, metadata: readMetadata(body['metadata']) };
}

function readMetadata(value: unknown): Metadata {
  if (isAbsent(value)) return {};
  const pairs = Object.entries(readObject(value, 'metadata'));
  if (pairs.length > MAX_PAIRS) throw parameterError.invalid('metadata', `it has more than ${MAX_PAIRS} keys.`);
  return Object.fromEntries(
    pairs.map(([key, each]) => {
      const path = `metadata.${clip(key)}`;
      if (key.length > MAX_KEY) throw parameterError.invalid(path, `the key has more than ${MAX_KEY} characters.`);
      const text = readString(each, path);
      if (text.length > MAX_VALUE) throw parameterError.invalid(path, `it has more than ${MAX_VALUE} characters.`);
      return [key, text];
    }),
  );
}
