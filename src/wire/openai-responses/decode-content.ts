import { decodeFile } from '../openai-chat/decode-file-part.js';
import { decodeDetail, decodeImage } from '../openai-chat/decode-image-part.js';
import { parameterError } from '../openai-chat/parameter-error.js';
import { readArray, readObject, readOneOf, readString } from '../openai-chat/read-value.js';
import { isAbsent, type JsonObject } from '../value-reader.js';
import { type ContentPart } from '../../kernel/message.js';

const PART_TYPES = ['input_text', 'input_image', 'input_file', 'input_audio', 'output_text', 'refusal', 'text', 'summary_text', 'reasoning_text'] as const;

/** Reads what a user or a function said: a string, or an array of parts. @throws GatewayError that names the part */
export function decodeContent(value: unknown, path: string): readonly ContentPart[] {
  if (typeof value === 'string') return [{ type: 'text', text: readString(value, path) }];
  if (value !== undefined && !Array.isArray(value)) throw parameterError.wrongType(path, 'a string or an array of content parts', value);
  return readArray(value, path).map((each, index) => decodePart(readObject(each, `${path}[${index}]`), `${path}[${index}]`));
}

/** Reads texts alone: of a system message, of an earlier answer, or of what was thought. @throws GatewayError that names the part */
export function decodeTexts(value: unknown, path: string): readonly string[] {
  return decodeContent(value, path).map((part, index) => {
    if (part.type !== 'text') throw parameterError.unsupported(`${path}[${index}]`, 'Here is text alone.');
    return part.text;
  });
}

function decodePart(part: JsonObject, path: string): ContentPart {
  switch (readOneOf(part['type'], `${path}.type`, PART_TYPES)) {
    case 'input_image':
      return decodeInputImage(part, path);
    case 'input_file':
      if (!isAbsent(part['file_url'])) throw parameterError.unsupported(`${path}.file_url`, "Files cannot be fetched here: send the file itself in 'file_data'.");
      return decodeFile(part, path, path);
    case 'input_audio':
      return { type: 'audio', param: path };
    case 'refusal':
      return { type: 'text', text: readString(part['refusal'], `${path}.refusal`) };
    default:
      return { type: 'text', text: readString(part['text'], `${path}.text`) };
  }
}

function decodeInputImage(part: JsonObject, path: string): ContentPart {
  if (!isAbsent(part['file_id'])) throw parameterError.unsupported(`${path}.file_id`, "Stored files are not known here: send the image itself in 'image_url'.");
  return decodeImage({ url: readString(part['image_url'], `${path}.image_url`), detail: decodeDetail(part['detail'], `${path}.detail`) }, path);
}
