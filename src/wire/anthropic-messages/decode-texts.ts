import { readBlocks, readString, readTag } from './read-value.js';
import { requestError } from './request-error.js';
import { type JsonObject } from '../value-reader.js';

/** Reads a text, or blocks of text: those that hold something. @throws GatewayError */
export function decodeTexts(value: unknown, path: string): readonly string[] {
  return readBlocks(value, path)
    .map((block, index) => decodeText(block, `${path}.${index}`))
    .filter((text) => text !== '');
}

/** Reads the block of text at `path`. @throws GatewayError */
export function decodeText(block: JsonObject, path: string): string {
  const tag = readTag(block, path);
  if (tag !== 'text') throw requestError.unknownTag(path, tag, ['text']);
  return readString(block['text'], `${path}.text`);
}
