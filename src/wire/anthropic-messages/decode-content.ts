import { decodeDocument } from './decode-document.js';
import { decodeImage } from './decode-image.js';
import { decodeTexts } from './decode-texts.js';
import { readString, readTag } from './read-value.js';
import { requestError } from './request-error.js';
import { type JsonObject } from '../value-reader.js';
import { type ContentPart } from '../../kernel/message.js';

/** Reads one block of what a user or a tool said, at `path`; nothing where it is an empty text. @throws GatewayError */
export function decodePart(block: JsonObject, path: string): readonly ContentPart[] {
  const tag = readTag(block, path);
  switch (tag) {
    case 'text':
      return textOf(readString(block['text'], `${path}.text`));
    case 'image':
      return [decodeImage(block['source'], path)];
    case 'document':
      return decodeDocument(block, path);
    case 'search_result':
      return textOf(searchResult(block, path));
    case 'tool_reference':
      return textOf(`The tool ${readString(block['tool_name'], `${path}.tool_name`)} is there now.`);
    default:
      throw requestError.unknownTag(path, tag, ['text', 'image', 'document', 'search_result', 'tool_result']);
  }
}

function textOf(text: string): readonly ContentPart[] {
  return text === '' ? [] : [{ type: 'text', text }];
}

function searchResult(block: JsonObject, path: string): string {
  const title = readString(block['title'], `${path}.title`);
  const source = readString(block['source'], `${path}.source`);
  return `<search_result title=${JSON.stringify(title)} source=${JSON.stringify(source)}>\n${decodeTexts(block['content'], `${path}.content`).join('\n')}\n</search_result>`;
}
