import { wellFormed } from './well-formed.js';
import { type GatewayError } from '../kernel/gateway-error.js';

/** A JSON object that has not been looked at. */
export type JsonObject = Readonly<Record<string, unknown>>;

export type ValueKind = 'object' | 'array' | 'string' | 'boolean' | 'number' | 'integer';

export interface NumberRange {
  readonly integer?: boolean;
  readonly min?: number;
  readonly max?: number;
}

/** What an API says of a value that is not as it should be. `path` is the value's, by its wire name. */
export interface ValueWords {
  missing(path: string): GatewayError;
  wrongType(path: string, expected: ValueKind, value: unknown): GatewayError;
  below(path: string, value: number, range: Required<NumberRange>): GatewayError;
  above(path: string, value: number, range: Required<NumberRange>): GatewayError;
  notOneOf(path: string, value: string, supported: readonly string[]): GatewayError;
}

/** Reads the values of a request. Each reader throws a GatewayError in the words of the API, which names the path. They stand on their own, without `this`. */
export class ValueReader {
  constructor(private readonly words: ValueWords) {}

  readonly readObject = (value: unknown, path: string): JsonObject => {
    if (value === undefined) throw this.words.missing(path);
    if (typeof value !== 'object' || value === null || Array.isArray(value)) throw this.words.wrongType(path, 'object', value);
    return value as JsonObject;
  };

  readonly readArray = (value: unknown, path: string): readonly unknown[] => {
    if (value === undefined) throw this.words.missing(path);
    if (!Array.isArray(value)) throw this.words.wrongType(path, 'array', value);
    return value as readonly unknown[];
  };

  /** A lone surrogate becomes U+FFFD, so that the string can be written as UTF-8. */
  readonly readString = (value: unknown, path: string): string => {
    if (value === undefined) throw this.words.missing(path);
    if (typeof value !== 'string') throw this.words.wrongType(path, 'string', value);
    return wellFormed(value);
  };

  readonly readNumber = (value: unknown, path: string, range: NumberRange): number => {
    const { integer, min, max } = { integer: false, min: -Infinity, max: Infinity, ...range };
    if (value === undefined) throw this.words.missing(path);
    if (typeof value !== 'number' || (integer && !Number.isInteger(value))) throw this.words.wrongType(path, integer ? 'integer' : 'number', value);
    if (value < min) throw this.words.below(path, value, { integer, min, max });
    if (value > max) throw this.words.above(path, value, { integer, min, max });
    return value;
  };

  /** One of a set of words. */
  readonly readOneOf = <T extends string>(value: unknown, path: string, supported: readonly T[]): T => {
    const word = this.readString(value, path);
    const found = supported.find((each) => each === word);
    if (found === undefined) throw this.words.notOneOf(path, word, supported);
    return found;
  };

  /** What is optional may be left out or null. */
  readonly readOptionalString = (value: unknown, path: string): string | undefined => (isAbsent(value) ? undefined : this.readString(value, path));

  readonly readOptionalBoolean = (value: unknown, path: string): boolean | undefined => {
    if (isAbsent(value)) return undefined;
    if (typeof value !== 'boolean') throw this.words.wrongType(path, 'boolean', value);
    return value;
  };

  readonly readOptionalNumber = (value: unknown, path: string, range: NumberRange = {}): number | undefined => (isAbsent(value) ? undefined : this.readNumber(value, path, range));
}

/** Left out, or null, which the APIs take as left out. */
export function isAbsent(value: unknown): value is undefined | null {
  return value === undefined || value === null;
}
