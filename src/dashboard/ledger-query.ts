import { numberOf, wordOf } from '../http/query.js';
import { GatewayError } from '../kernel/gateway-error.js';
import { type LogQuestion, outcomes, type RowPlace } from '../usage/usage-log.js';
import { type OverviewQuestion } from '../usage/usage-overview.js';
import { parseQuestion } from '../usage/usage-question.js';

type Fields = Readonly<Record<string, unknown>>;

const DAY_MS = 86_400_000;
/** Longer ones would have too many buckets. */
const LONGEST_MS = 400 * DAY_MS;
const DEFAULT_LIMIT = 50;
const MAX_LIMIT = 200;

const ledgerFields = ['from', 'to', 'client', 'provider', 'model'];
const logFields = [...ledgerFields, 'limit', 'before', 'outcome', 'request_id'];

/** The question of `GET /dashboard/api/overview`: of the last day, where it names no time. @throws GatewayError `invalid_parameter` that names the field */
export function overviewQuestionOf(fields: Fields, now: number): OverviewQuestion {
  const { from: given, to = now, client, provider, model } = parseQuestion(known(fields, ledgerFields));
  const from = given ?? to - DAY_MS;
  if (to <= from) throw new GatewayError('invalid_parameter', '"to" must lie behind "from".', { param: 'to' });
  if (to - from > LONGEST_MS) throw new GatewayError('invalid_parameter', 'An overview is of 400 days at most.', { param: 'from' });
  return { from, to, client, provider, model };
}

/** The question of `GET /dashboard/api/requests`. @throws as {@link overviewQuestionOf} */
export function logQuestionOf(fields: Fields): LogQuestion {
  const { limit, before, outcome, request_id: requestId, ...rest } = known(fields, logFields);
  const { from, to, client, provider, model } = parseQuestion(rest);
  return {
    from,
    to,
    client,
    provider,
    model,
    outcome: wordOf('outcome', outcome, outcomes),
    requestId: requestIdOf(requestId),
    before: placeOf(before),
    limit: numberOf('limit', limit, { min: 1, max: MAX_LIMIT }) ?? DEFAULT_LIMIT,
  };
}

/** What {@link logQuestionOf} takes as `before`. */
export function cursorOf({ started_at: at, id }: RowPlace): string {
  return `${at}.${id}`;
}

function placeOf(value: unknown): RowPlace | undefined {
  if (value === undefined) return undefined;
  const [, at, id] = /^(\d{1,15})\.([\w.-]{1,200})$/.exec(typeof value === 'string' ? value : '') ?? [];
  if (at === undefined || id === undefined) throw new GatewayError('invalid_parameter', '"before" must be the "next" of a page before.', { param: 'before' });
  return { started_at: Number(at), id };
}

/** No request has another one. */
function requestIdOf(value: unknown): string | undefined {
  if (value === undefined || (typeof value === 'string' && /^[\w.-]{1,128}$/.test(value))) return value;
  throw new GatewayError('invalid_parameter', '"request_id" must be the id of a request.', { param: 'request_id' });
}

function known(fields: Fields, names: readonly string[]): Fields {
  const unknown = Object.keys(fields).find((field) => !names.includes(field));
  if (unknown !== undefined) throw new GatewayError('invalid_parameter', `"${unknown.slice(0, 64)}" is not known; there is ${names.join(', ')}.`, { param: unknown.slice(0, 64) });
  return fields;
}
