import { type Scope, scopes } from './client.js';

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
  redact: { accepts: (value: unknown): value is boolean => typeof value === 'boolean', problem: 'must be true or false' },
} as const;

/** The name of a client: a word in logs and listings. */
export const clientName = {
  accepts: (value: unknown): value is string => typeof value === 'string' && /^[\w.@-]{1,64}$/.test(value),
  problem: 'must be 1 to 64 letters, digits or . _ @ -',
};

/** Without a slash or a star it would match no model. */
function isPattern(value: string): boolean {
  return /^[\x21-\x7e]{1,200}$/.test(value) && /[/*]/.test(value);
}

function isStrings(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((entry) => typeof entry === 'string');
}
