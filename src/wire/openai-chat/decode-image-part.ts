import { parameterError } from './parameter-error.js';
import { parseDataUrl } from './parse-data-url.js';
import { readObject, readString } from './read-value.js';
import { type ContentPart } from '../../kernel/message.js';

/** Reads the `image_url` of a content part at `path`: a `data:` URL becomes an image, an http(s) URL stays one. @throws GatewayError */
export function decodeImagePart(value: unknown, path: string): ContentPart {
  return decodeImageUrl(readString(readObject(value, `${path}.image_url`)['url'], `${path}.image_url.url`), path);
}

/** Reads the URL of an image in a content part at `path`. @throws GatewayError */
export function decodeImageUrl(url: string, path: string): ContentPart {
  if (/^data:/i.test(url)) return decodeData(url, path);
  if (/^https?:\/\//i.test(url) && URL.canParse(url)) return { type: 'image-url', url, param: path };
  throw parameterError.invalid(`${path}.image_url`, 'Expected a base64-encoded data URL with an image MIME type (for example "data:image/png;base64,…") or an http(s) URL.');
}

function decodeData(url: string, path: string): ContentPart {
  const parsed = parseDataUrl(url);
  if (!parsed?.mediaType.startsWith('image/')) {
    throw parameterError.invalid(`${path}.image_url`, 'Expected a base64-encoded data URL with an image MIME type (for example "data:image/png;base64,…").');
  }
  // A common slip that vendors refuse.
  const mediaType = parsed.mediaType === 'image/jpg' ? 'image/jpeg' : parsed.mediaType;
  return { type: 'image', mediaType, data: parsed.data, param: path };
}
