import { parameterError } from './parameter-error.js';
import { parseDataUrl } from './parse-data-url.js';
import { readObject, readOneOf, readString } from './read-value.js';
import { isAbsent } from '../value-reader.js';
import { type ContentPart, type ImageDetail } from '../../kernel/message.js';

/** Reads the `image_url` of a content part at `path`: a `data:` URL becomes an image, an http(s) URL stays one. @throws GatewayError */
export function decodeImagePart(value: unknown, path: string): ContentPart {
  const image = readObject(value, `${path}.image_url`);
  return decodeImage({ url: readString(image['url'], `${path}.image_url.url`), detail: decodeDetail(image['detail'], `${path}.image_url.detail`) }, path);
}

/** Reads an image in a content part at `path`. @throws GatewayError */
export function decodeImage({ url, detail }: { readonly url: string; readonly detail: ImageDetail | undefined }, path: string): ContentPart {
  const seen = detail === undefined ? {} : { detail };
  if (/^data:/i.test(url)) return { type: 'image', ...decodeData(url, path), ...seen, param: path };
  if (/^https?:\/\//i.test(url) && URL.canParse(url)) return { type: 'image-url', url, ...seen, param: path };
  throw parameterError.invalid(`${path}.image_url`, 'Expected a base64-encoded data URL with an image MIME type (for example "data:image/png;base64,…") or an http(s) URL.');
}

/** Reads the `detail` of an image; undefined where that is left to the model. @throws GatewayError */
export function decodeDetail(value: unknown, path: string): ImageDetail | undefined {
  const detail = isAbsent(value) ? 'auto' : readOneOf(value, path, ['low', 'high', 'auto', 'original']);
  if (detail === 'auto') return undefined;
  // Only the Responses API has the last step.
  return detail === 'original' ? 'high' : detail;
}

function decodeData(url: string, path: string): { readonly mediaType: string; readonly data: string } {
  const parsed = parseDataUrl(url);
  if (!parsed?.mediaType.startsWith('image/')) {
    throw parameterError.invalid(`${path}.image_url`, 'Expected a base64-encoded data URL with an image MIME type (for example "data:image/png;base64,…").');
  }
  // A common slip that vendors refuse.
  const mediaType = parsed.mediaType === 'image/jpg' ? 'image/jpeg' : parsed.mediaType;
  return { mediaType, data: parsed.data };
}
