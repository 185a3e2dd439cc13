import { parameterError } from './parameter-error.js';
import { wellFormed } from './well-formed.js';

/** A JSON object that has not been looked at. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** Reads a required object. @throws GatewayError that names `param` */
export function readObject(value: unknown, param: string): JsonObject {
  if (value === undefined) throw parameterError.missing(param);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw parameterError.wrongType(param, 'an object', value);
  return value as JsonObject;
}

/** Reads a required array. @throws GatewayError that names `param` */
export function readArray(value: unknown, param: string): readonly unknown[] {
  if (value === undefined) throw parameterError.missing(param);
  if (!Array.isArray(value)) throw parameterError.wrongType(param, 'an array', value);
  return value as readonly unknown[];
}

/** Reads a required string; a lone surrogate in it becomes U+FFFD, so that it can be written as UTF-8. @throws GatewayError that names `param` */
export function readString(value: unknown, param: string): string {
  if (value === undefined) throw parameterError.missing(param);
  if (typeof value !== 'string') throw parameterError.wrongType(param, 'a string', value);
  return wellFormed(value);
}

/** Reads a string that may be left out or null. @throws GatewayError that names `param` */
export function readOptionalString(value: unknown, param: string): string | undefined {
  return isAbsent(value) ? undefined : readString(value, param);
}

/** Reads a boolean that may be left out or null. @throws GatewayError that names `param` */
export function readOptionalBoolean(value: unknown, param: string): boolean | undefined {
  if (isAbsent(value)) return undefined;
  if (typeof value !== 'boolean') throw parameterError.wrongType(param, 'a boolean', value);
  return value;
}

export interface NumberRange {
  readonly integer?: boolean;
  readonly min?: number;
  readonly max?: number;
}

/** Reads a number that may be left out or null, and checks its bounds. @throws GatewayError that names `param` */
export function readOptionalNumber(value: unknown, param: string, { integer = false, min, max }: NumberRange = {}): number | undefined {
  if (isAbsent(value)) return undefined;
  if (typeof value !== 'number' || (integer && !Number.isInteger(value))) throw parameterError.wrongType(param, integer ? 'an integer' : 'a number', value);
  checkRange(value, param, { integer, min: min ?? -Infinity, max: max ?? Infinity });
  return value;
}

function checkRange(value: number, param: string, { integer, min, max }: Required<NumberRange>): void {
  const kind = integer ? 'integer' : 'decimal';
  if (value < min) throw parameterError.invalid(param, `${kind} below minimum value. Expected a value >= ${min}, but got ${value} instead.`);
  if (value > max) throw parameterError.invalid(param, `${kind} above maximum value. Expected a value <= ${max}, but got ${value} instead.`);
}

/** Reads one of a set of words. @throws GatewayError that names `param` */
export function readOneOf<T extends string>(value: unknown, param: string, supported: readonly T[]): T {
  const word = readString(value, param);
  const found = supported.find((each) => each === word);
  if (found === undefined) throw parameterError.notOneOf(param, word, supported);
  return found;
}

/** Left out, or null, which OpenAI takes as left out. */
export function isAbsent(value: unknown): value is undefined | null {
  return value === undefined || value === null;
}
