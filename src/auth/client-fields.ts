import { type Scope, scopes } from './client.js';
import { type Budget } from '../kernel/budget.js';

/** What a client may have, the same in `SHELLM_CLIENTS` and in issued keys: which values are taken, and what is said of the others. */
export const clientFields = {
  rpm: { accepts: (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0, problem: 'must be a whole number, 0 for no limit' },
  models: {
    accepts: (value: unknown): value is readonly string[] => isStrings(value) && value.length > 0 && value.length <= 100 && value.every(isPattern),
    problem: 'must be a list of 1 to 100 patterns such as claude/* or openai/gpt-4o',
  },
  scopes: {
    accepts: (value: unknown): value is readonly Scope[] =>
      isStrings(value) && value.length > 0 && value.length <= scopes.length && value.every((each) => (scopes as readonly string[]).includes(each)),
    problem: `must be a list of ${scopes.join(', ')}`,
  },
  max_concurrent: { accepts: (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 1, problem: 'must be a whole number, 1 or more' },
  budget: { accepts: isBudget, problem: 'must be an object of usd or tokens (numbers over 0) and period ("day" or "month")' },
  redact: { accepts: (value: unknown): value is boolean => typeof value === 'boolean', problem: 'must be true or false' },
} as const;

/** The name of a client: a word in logs and listings. */
export const clientName = {
  // Which the commands of the gateway's own machine have.
  accepts: (value: unknown): value is string => typeof value === 'string' && /^(?!local$)[\w.@-]{1,64}$/.test(value),
  problem: 'must be 1 to 64 letters, digits or . _ @ -, and not "local"',
};

/** Without a slash or a star it would match no model. */
function isPattern(value: string): boolean {
  return /^[\x21-\x7e]{1,200}$/.test(value) && /[/*]/.test(value);
}

function isBudget(value: unknown): value is Budget {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const { period, ...amounts } = value as Record<string, unknown>;
  const named = Object.entries(amounts);
  return (period === 'day' || period === 'month') && named.length > 0 && named.every(([unit, amount]) => isAmount(unit, amount));
}

function isAmount(unit: string, amount: unknown): boolean {
  if (typeof amount !== 'number' || !(amount > 0)) return false;
  return unit === 'usd' ? Number.isFinite(amount) : unit === 'tokens' && Number.isSafeInteger(amount);
}

function isStrings(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((entry) => typeof entry === 'string');
}
