import { GatewayError } from '../kernel/gateway-error.js';
import { type ContentPart } from '../kernel/message.js';

/** The first bytes of each kind of picture, in base64. */
const pictures: Readonly<Record<string, RegExp>> = {
  'image/png': /^iVBORw0KGgo/,
  'image/jpeg': /^\/9j\//,
  'image/gif': /^R0lGOD/,
  'image/webp': /^UklGR/,
};
const heads = Object.values(pictures);

/**
 * Refuses a picture in whose place a CLI would put a note, without a word to anybody.
 *
 * @param cli its name
 * @throws GatewayError `unsupported_parameter` for another media type, `invalid_parameter` for other bytes
 */
export function checkPicture(cli: string, { mediaType, data, param }: Extract<ContentPart, { type: 'image' }>): void {
  if (!Object.hasOwn(pictures, mediaType)) throw new GatewayError('unsupported_parameter', `${cli} takes ${Object.keys(pictures).join(', ')}.`, { param });
  if (!heads.some((head) => head.test(data))) throw new GatewayError('invalid_parameter', 'The image is not a PNG, JPEG, GIF or WebP picture.', { param });
}
