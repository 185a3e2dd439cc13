import { parameterError } from './parameter-error.js';
import { isBase64, parseDataUrl } from './parse-data-url.js';
import { readObject, readOptionalString, readString } from './read-value.js';
import { isAbsent, type JsonObject } from '../value-reader.js';
import { type ContentPart } from '../../kernel/message.js';

/** Reads the `file` of a content part at `path`: `file_data` is a `data:` URL or plain base64. @throws GatewayError */
export function decodeFilePart(value: unknown, path: string): ContentPart {
  return decodeFile(readObject(value, `${path}.file`), `${path}.file`, path);
}

/** Reads the file that an object at `at` holds, in a content part at `path`. @throws GatewayError */
export function decodeFile(file: JsonObject, at: string, path: string): ContentPart {
  if (!isAbsent(file['file_id'])) throw parameterError.unsupported(`${at}.file_id`, "Stored files are not known here: send the file itself in 'file_data'.");
  const filename = readOptionalString(file['filename'], `${at}.filename`);
  const sent = readString(file['file_data'], `${at}.file_data`);
  const parsed = /^data:/i.test(sent) ? parseDataUrl(sent) : plain(sent);
  if (!parsed) throw parameterError.invalid(`${at}.file_data`, 'Expected base64 or a base64-encoded data URL (for example "data:application/pdf;base64,…").');
  return { type: 'file', mediaType: parsed.mediaType || mediaTypeOf(filename), data: parsed.data, ...(filename === undefined ? {} : { filename }), param: path };
}

function plain(data: string): { mediaType: string; data: string } | undefined {
  return isBase64(data) ? { mediaType: '', data } : undefined;
}

function mediaTypeOf(filename = ''): string {
  const extension = filename.slice(filename.lastIndexOf('.') + 1).toLowerCase();
  return MEDIA_TYPES.get(extension) ?? 'application/octet-stream';
}

/** The kinds of files that models read. */
const MEDIA_TYPES: ReadonlyMap<string, string> = new Map([
  ['pdf', 'application/pdf'],
  ['txt', 'text/plain'],
  ['md', 'text/markdown'],
  ['csv', 'text/csv'],
  ['html', 'text/html'],
  ['json', 'application/json'],
]);
