import { decodeImage, readBase64 } from './decode-image.js';
import { readBlocks, readObject, readOptionalString, readString, readTag } from './read-value.js';
import { requestError } from './request-error.js';
import { type JsonObject } from '../value-reader.js';
import { type ContentPart } from '../../kernel/message.js';

/** Reads a document block at `path`: a file, or, where it is text, that text under its title, which every model can read. @throws GatewayError */
export function decodeDocument(block: JsonObject, path: string): readonly ContentPart[] {
  const source = readObject(block['source'], `${path}.source`);
  const title = readOptionalString(block['title'], `${path}.title`);
  const context = readOptionalString(block['context'], `${path}.context`);
  const about: ContentPart[] = context === undefined ? [] : [{ type: 'text', text: `About the document ${title ?? 'that follows'}: ${context}` }];
  const tag = readTag(source, `${path}.source`);
  switch (tag) {
    case 'base64':
      return [...about, decodeFile(source, title, path)];
    case 'text':
      return [...about, ...within(title, [{ type: 'text', text: readString(source['data'], `${path}.source.data`) }])];
    case 'content':
      return [...about, ...within(title, decodeParts(source['content'], `${path}.source.content`, path))];
    case 'url':
      throw requestError.unsupported(`${path}.source`, 'Documents are not fetched from a URL: send the file itself as base64.');
    case 'file':
      throw requestError.unsupported(`${path}.source`, 'Stored files are not known here: send the file itself as base64.');
    default:
      throw requestError.unknownTag(`${path}.source`, tag, ['base64', 'text', 'content']);
  }
}

function decodeFile(source: JsonObject, title: string | undefined, path: string): ContentPart {
  const mediaType = readString(source['media_type'], `${path}.source.media_type`).toLowerCase();
  const data = readBase64(source['data'], `${path}.source.data`);
  return { type: 'file', mediaType, data, ...(title === undefined ? {} : { filename: title }), param: path };
}

function within(title: string | undefined, parts: readonly ContentPart[]): readonly ContentPart[] {
  const name = title === undefined ? '' : ` title=${JSON.stringify(title)}`;
  return [{ type: 'text', text: `<document${name}>\n` }, ...parts, { type: 'text', text: '\n</document>' }];
}

function decodeParts(value: unknown, path: string, document: string): readonly ContentPart[] {
  return readBlocks(value, path).map((block, index) => {
    const at = `${path}.${index}`;
    const tag = readTag(block, at);
    if (tag === 'text') return { type: 'text', text: readString(block['text'], `${at}.text`) };
    if (tag === 'image') return { ...decodeImage(block['source'], at), param: document } as ContentPart;
    throw requestError.unknownTag(at, tag, ['text', 'image']);
  });
}
