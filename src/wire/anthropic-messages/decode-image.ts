import { readObject, readString, readTag } from './read-value.js';
import { requestError } from './request-error.js';
import { isBase64 } from '../openai-chat/parse-data-url.js';
import { type ContentPart } from '../../kernel/message.js';

/** Reads the `source` of an image block at `path`. @throws GatewayError */
export function decodeImage(value: unknown, path: string): ContentPart {
  const source = readObject(value, `${path}.source`);
  const tag = readTag(source, `${path}.source`);
  switch (tag) {
    case 'base64':
      return { type: 'image', mediaType: mediaTypeOf(source['media_type'], `${path}.source.media_type`), data: readBase64(source['data'], `${path}.source.data`), param: path };
    case 'url':
      return { type: 'image-url', url: readUrl(source['url'], `${path}.source.url`), param: path };
    case 'file':
      throw requestError.unsupported(`${path}.source`, 'Stored files are not known here: send the image itself as base64.');
    default:
      throw requestError.unknownTag(`${path}.source`, tag, ['base64', 'url']);
  }
}

/** Reads base64 data that is not empty. @throws GatewayError */
export function readBase64(value: unknown, path: string): string {
  const data = readString(value, path);
  if (!isBase64(data)) throw requestError.invalid(path, 'Input should be valid base64');
  return data;
}

function mediaTypeOf(value: unknown, path: string): string {
  const type = readString(value, path).toLowerCase();
  if (!type.startsWith('image/')) throw requestError.notOneOf(path, ['image/jpeg', 'image/png', 'image/gif', 'image/webp']);
  // A common slip that vendors refuse.
  return type === 'image/jpg' ? 'image/jpeg' : type;
}

function readUrl(value: unknown, path: string): string {
  const url = readString(value, path);
  if (!/^https?:\/\//i.test(url) || !URL.canParse(url)) throw requestError.invalid(path, 'Only http and https URLs are supported');
  return url;
}
