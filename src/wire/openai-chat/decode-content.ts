import { decodeFilePart } from './decode-file-part.js';
import { decodeImagePart } from './decode-image-part.js';
import { parameterError } from './parameter-error.js';
import { readArray, readObject, readOneOf, readString } from './read-value.js';
import { type ContentPart } from '../../kernel/message.js';

/** Reads what a user or a tool said: a string, or an array of parts. @throws GatewayError */
export function decodeContent(value: unknown, path: string): readonly ContentPart[] {
  if (typeof value === 'string') return [{ type: 'text', text: readString(value, path) }];
  if (value !== undefined && !Array.isArray(value)) throw parameterError.wrongType(path, 'a string or an array of content parts', value);
  const parts = readArray(value, path);
  if (parts.length === 0) throw parameterError.invalid(path, 'empty array. Expected an array with minimum length 1, but got an empty array instead.');
  return parts.map((part, index) => decodePart(part, `${path}[${index}]`));
}

function decodePart(value: unknown, path: string): ContentPart {
  const part = readObject(value, path);
  switch (readOneOf(part['type'], `${path}.type`, PART_TYPES)) {
    case 'text':
      return { type: 'text', text: readString(part['text'], `${path}.text`) };
    case 'image_url':
      return decodeImagePart(part['image_url'], path);
    case 'file':
      return decodeFilePart(part['file'], path);
    case 'input_audio':
      readString(readObject(part['input_audio'], `${path}.input_audio`)['data'], `${path}.input_audio.data`);
      return { type: 'audio', param: path };
  }
}

const PART_TYPES = ['text', 'image_url', 'file', 'input_audio'] as const;
