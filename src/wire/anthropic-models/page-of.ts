import { GatewayError } from '../../kernel/gateway-error.js';

/** What a client asks for of a list, as it stands in a query. */
export interface PageQuery {
  readonly limit?: unknown;
  readonly after_id?: unknown;
  readonly before_id?: unknown;
}

export interface Page {
  readonly ids: readonly string[];
  /** Whether the list goes on in the direction that was asked for. */
  readonly hasMore: boolean;
}

const DEFAULT_LIMIT = 20;
const MAX_LIMIT = 1000;

/** The page of a list that follows one id, or that stands before another. @throws GatewayError 400 that names the parameter */
export function pageOf(all: readonly string[], { limit, after_id: after, before_id: before }: PageQuery): Page {
  const size = readLimit(limit);
  if (after !== undefined && before !== undefined) throw invalid('before_id', 'It cannot go together with after_id.');
  if (before !== undefined) {
    const end = placeOf(all, before, 'before_id');
    const start = Math.max(0, end - size);
    return { ids: all.slice(start, end), hasMore: start > 0 };
  }
  const start = after === undefined ? 0 : placeOf(all, after, 'after_id') + 1;
  return { ids: all.slice(start, start + size), hasMore: start + size < all.length };
}

function readLimit(limit: unknown): number {
  if (limit === undefined) return DEFAULT_LIMIT;
  const size = typeof limit === 'string' && /^\d{1,4}$/.test(limit) ? Number(limit) : 0;
  if (size < 1 || size > MAX_LIMIT) throw invalid('limit', `Input should be between 1 and ${MAX_LIMIT}`);
  return size;
}

function placeOf(all: readonly string[], id: unknown, param: string): number {
  const place = typeof id === 'string' ? all.indexOf(id) : -1;
  if (place < 0) throw invalid(param, 'There is no such model in the list.');
  return place;
}

function invalid(param: string, problem: string): GatewayError {
  return new GatewayError('invalid_parameter', `${param}: ${problem}`, { param });
}
