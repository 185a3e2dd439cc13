import { NAME } from './launch.js';
import { GatewayError } from '../../kernel/gateway-error.js';
import { type ContentPart } from '../../kernel/message.js';
import { checkPicture } from '../check-picture.js';

/** A part that is no text, as the CLI takes it: a picture as a `data:` URL. @throws GatewayError for any other */
export function imageUrl(part: Exclude<ContentPart, { type: 'text' }>): string {
  switch (part.type) {
    case 'image':
      checkPicture(NAME, part);
      return `data:${part.mediaType};base64,${part.data}`;
    case 'image-url':
      throw unsupported('Codex CLI takes images as data: URLs only.', part.param);
    case 'file':
      throw unsupported('Codex CLI takes no files.', part.param);
    case 'audio':
      throw unsupported('Codex CLI takes no audio.', part.param);
  }
}

function unsupported(message: string, param: string): GatewayError {
  return new GatewayError('unsupported_parameter', message, { param });
}
