import { requestError } from './request-error.js';
import { wellFormed } from '../openai-chat/well-formed.js';

/** A JSON object that has not been looked at. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** Left out, or null, which Anthropic takes as left out. */
export function isAbsent(value: unknown): value is undefined | null {
  return value === undefined || value === null;
}

/** Reads a required object. @throws GatewayError that names `path` */
export function readObject(value: unknown, path: string): JsonObject {
  if (value === undefined) throw requestError.missing(path);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw requestError.wrongType(path, 'valid dictionary');
  return value as JsonObject;
}

/** Reads a required array. @throws GatewayError that names `path` */
export function readArray(value: unknown, path: string): readonly unknown[] {
  if (value === undefined) throw requestError.missing(path);
  if (!Array.isArray(value)) throw requestError.wrongType(path, 'valid list');
  return value as readonly unknown[];
}

/** Reads a required string; a lone surrogate in it becomes U+FFFD, so that it can be written as UTF-8. @throws GatewayError that names `path` */
export function readString(value: unknown, path: string): string {
  if (value === undefined) throw requestError.missing(path);
  if (typeof value !== 'string') throw requestError.wrongType(path, 'valid string');
  return wellFormed(value);
}

/** Reads a string that may be left out or null. @throws GatewayError that names `path` */
export function readOptionalString(value: unknown, path: string): string | undefined {
  return isAbsent(value) ? undefined : readString(value, path);
}

/** Reads a boolean that may be left out or null. @throws GatewayError that names `path` */
export function readOptionalBoolean(value: unknown, path: string): boolean | undefined {
  if (isAbsent(value)) return undefined;
  if (typeof value !== 'boolean') throw requestError.wrongType(path, 'valid boolean');
  return value;
}

export interface NumberRange {
  readonly integer?: boolean;
  readonly min: number;
  readonly max?: number;
}

/** Reads a required number within bounds. @throws GatewayError that names `path` */
export function readNumber(value: unknown, path: string, { integer = false, min, max = Infinity }: NumberRange): number {
  if (value === undefined) throw requestError.missing(path);
  if (typeof value !== 'number' || (integer && !Number.isInteger(value))) throw requestError.wrongType(path, integer ? 'valid integer' : 'valid number');
  if (value < min) throw requestError.invalid(path, `Input should be greater than or equal to ${min}`);
  if (value > max) throw requestError.invalid(path, `Input should be less than or equal to ${max}`);
  return value;
}

/** Reads one of a set of words. @throws GatewayError that names `path` */
export function readOneOf<T extends string>(value: unknown, path: string, supported: readonly T[]): T {
  const word = readString(value, path);
  const found = supported.find((each) => each === word);
  if (found === undefined) throw requestError.notOneOf(path, supported);
  return found;
}

/** Reads the `type` of a block at `path`. @throws GatewayError that names the block */
export function readTag(block: JsonObject, path: string): string {
  return readString(block['type'], `${path}.type`);
}

/** Reads what may be a text or a list of blocks: a text counts as one text block. @throws GatewayError that names `path` */
export function readBlocks(value: unknown, path: string): readonly JsonObject[] {
  if (typeof value === 'string') return [{ type: 'text', text: value }];
  return readArray(value, path).map((block, index) => readObject(block, `${path}.${index}`));
}
