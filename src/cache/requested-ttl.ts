import { GatewayError } from '../kernel/gateway-error.js';

/** Thirty days. Seconds. */
export const MAX_TTL_S = 2_592_000;

/**
 * What the field `cache` of a request asks for.
 *
 * @param byDefault of `SHELLM_CACHE_TTL_S`: for requests that do not say; 0 where there is none
 * @returns how many seconds the answer may be kept, and how old a kept one may be; undefined: neither is wanted
 * @throws GatewayError `invalid_parameter`
 */
export function requestedTtl(cache: unknown, byDefault: number): number | undefined {
  if (cache === false || cache === 0) return undefined;
  const usual = byDefault > 0 ? byDefault : undefined;
  if (cache === undefined || cache === null) return usual;
  if (cache === true) {
    if (usual !== undefined) return usual;
    throw invalid('this gateway has no default time for kept answers. Expected a number of seconds.');
  }
  if (isTtl(cache)) return cache;
  throw invalid(`expected false, true or a whole number of seconds from 1 to ${MAX_TTL_S} (30 days).`);
}

function isTtl(cache: unknown): cache is number {
  return typeof cache === 'number' && Number.isInteger(cache) && cache > 0 && cache <= MAX_TTL_S;
}

function invalid(why: string): GatewayError {
  return new GatewayError('invalid_parameter', `Invalid value for 'cache': ${why}`, { param: 'cache' });
}
