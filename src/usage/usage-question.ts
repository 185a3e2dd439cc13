import { GatewayError } from '../kernel/gateway-error.js';

/** What usage can be told apart by. */
export const groupings = ['client', 'provider', 'model', 'day'] as const;
export type Grouping = (typeof groupings)[number];

/** What is asked of the ledger. */
export interface UsageQuestion {
  /** Milliseconds since 1970; undefined: from the first row on. */
  readonly from: number | undefined;
  /** Exclusive; undefined: until now. */
  readonly to: number | undefined;
  /** None: everything in one sum. */
  readonly groupBy: readonly Grouping[];
  /** Only what has these names. */
  readonly client: string | undefined;
  readonly provider: string | undefined;
  readonly model: string | undefined;
}

type Fields = Readonly<Record<string, unknown>>;

const names = ['from', 'to', 'group_by', 'client', 'provider', 'model'] as const;
const TIME = /^(\d{4})-(\d\d)-(\d\d)(T\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d)?)?$/;

/**
 * Reads what is asked from the fields of a query.
 *
 * @throws GatewayError `invalid_parameter` that names the field
 */
export function parseQuestion(fields: Fields): UsageQuestion {
  for (const field of Object.keys(fields)) {
    if (!(names as readonly string[]).includes(field)) refuse(field.slice(0, 64), `is not known; there is ${names.join(', ')}`);
  }
  const [from, to] = [timeOf('from', fields['from']), timeOf('to', fields['to'])];
  if (from !== undefined && to !== undefined && to < from) refuse('to', 'must not lie before "from"');
  return {
    from,
    to,
    groupBy: groupingsOf(fields['group_by']),
    client: textOf('client', fields['client']),
    provider: textOf('provider', fields['provider']),
    model: textOf('model', fields['model']),
  };
}

function textOf(field: string, value: unknown): string | undefined {
  if (value === undefined) return undefined;
  // No name in the ledger has a control character, and PostgreSQL takes no NUL.
  if (typeof value === 'string' && value !== '' && value.length <= 200 && !/\p{Cc}/u.test(value)) return value;
  return refuse(field, 'must be one name');
}

function timeOf(field: string, value: unknown): number | undefined {
  if (value === undefined) return undefined;
  if (typeof value !== 'string') return refuse(field, 'must have one value');
  if (/^\d{1,11}$/.test(value)) return Number(value) * 1000;
  // In a query a plus is a blank.
  const text = value.replace(' ', '+');
  const [, year, month, day, clock, , , zone] = TIME.exec(text) ?? [];
  const time = Date.parse(clock !== undefined && zone === undefined ? `${text}Z` : text);
  if (!isDay(Number(year), Number(month), Number(day)) || Number.isNaN(time))
    refuse(field, 'must be a date or time as in ISO 8601 (UTC where it names no zone), or in seconds since 1970');
  return time;
}

/** `Date` takes the 30th of February for a day in March. */
function isDay(year: number, month: number, day: number): boolean {
  const date = new Date(Date.UTC(year, month - 1, day));
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
}

function groupingsOf(value: unknown): readonly Grouping[] {
  if (value === undefined || value === '') return [];
  const words = (Array.isArray(value) ? value : [value]).flatMap((each) => (typeof each === 'string' ? each.split(',') : ['']));
  return [...new Set(words.map((word) => groupings.find((each) => each === word.trim()) ?? refuse('group_by', `must be a list of ${groupings.join(', ')}`)))];
}

function refuse(field: string, problem: string): never {
  throw new GatewayError('invalid_parameter', `Invalid value for '${field}': ${problem}.`, { param: field });
}
