import { decodeFilePart } from '../openai-chat/decode-file-part.js';
import { decodeImagePart } from '../openai-chat/decode-image-part.js';
import { parameterError } from '../openai-chat/parameter-error.js';
import { isAbsent, type JsonObject, readArray, readObject, readOneOf, readString } from '../openai-chat/read-value.js';
import { type ContentPart } from '../../kernel/message.js';

const PART_TYPES = ['input_text', 'input_image', 'input_file', 'input_audio', 'output_text', 'refusal', 'text', 'summary_text'] as const;

/** Reads what a user or a function said: a string, or an array of parts. @throws GatewayError that names the part */
export function decodeContent(value: unknown, path: string): readonly ContentPart[] {
  if (typeof value === 'string') return [{ type: 'text', text: readString(value, path) }];
  return readArray(value, path).map((each, index) => decodePart(readObject(each, `${path}[${index}]`), `${path}[${index}]`));
}

/** Reads texts alone: of a system message, or of an earlier answer. @throws GatewayError */
export function decodeText(value: unknown, path: string): string {
  return decodeContent(value, path)
    .map((part) => {
      if (part.type !== 'text') throw parameterError.unsupported(path, 'Here it may hold text alone.');
      return part.text;
    })
    .join('');
}

function decodePart(part: JsonObject, path: string): ContentPart {
  switch (readOneOf(part['type'], `${path}.type`, PART_TYPES)) {
    case 'input_image':
      return decodeImage(part, path);
    case 'input_file':
      return decodeFile(part, path);
    case 'input_audio':
      return { type: 'audio', param: path };
    case 'refusal':
      return { type: 'text', text: readString(part['refusal'], `${path}.refusal`) };
    default:
      return { type: 'text', text: readString(part['text'], `${path}.text`) };
  }
}

function decodeImage(part: JsonObject, path: string): ContentPart {
  if (!isAbsent(part['file_id'])) throw storedFile(`${path}.file_id`);
  return decodeImagePart({ url: part['image_url'] }, path);
}

function decodeFile(part: JsonObject, path: string): ContentPart {
  if (!isAbsent(part['file_id'])) throw storedFile(`${path}.file_id`);
  if (!isAbsent(part['file_url'])) throw parameterError.unsupported(`${path}.file_url`, "Files cannot be fetched here: send the file itself in 'file_data'.");
  return decodeFilePart(part, path);
}

function storedFile(path: string): Error {
  return parameterError.unsupported(path, "Stored files are not known here: send the file itself in 'file_data' or 'image_url'.");
}
