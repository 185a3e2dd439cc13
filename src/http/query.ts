import { GatewayError } from '../kernel/gateway-error.js';

/** A number of a query; undefined where it is left out. @throws GatewayError `invalid_parameter` */
export function numberOf(name: string, value: unknown, { min = 0, max }: { readonly min?: number; readonly max: number }): number | undefined {
  if (value === undefined) return undefined;
  const number = typeof value === 'string' && /^\d{1,10}$/.test(value) ? Number(value) : Number.NaN;
  if (number >= min && number <= max) return number;
  throw new GatewayError('invalid_parameter', `"${name}" must be a number from ${min} to ${max}.`, { param: name });
}

/** One of a query's words; undefined where it is left out. @throws GatewayError `invalid_parameter` */
export function wordOf<T extends string>(name: string, value: unknown, words: readonly T[]): T | undefined {
  if (value === undefined) return undefined;
  const word = words.find((each) => each === value);
  if (word !== undefined) return word;
  throw new GatewayError('invalid_parameter', `"${name}" must be ${words.map((each) => `"${each}"`).join(' or ')}.`, { param: name });
}

/** A text of a query; undefined where it is left out. @throws GatewayError `invalid_parameter` */
export function textOf(name: string, value: unknown): string | undefined {
  if (value === undefined || (typeof value === 'string' && value !== '')) return value;
  throw new GatewayError('invalid_parameter', `"${name}" must have one value.`, { param: name });
}
