import { type KeyObject } from './key-object.ts';

/** A key's terms as they stand in the form: what is not set is an empty text. */
export interface KeyDraft {
  readonly name: string;
  readonly scopes: readonly string[];
  /** Patterns, one a line or between commas. */
  readonly models: string;
  readonly rpm: string;
  readonly maxConcurrent: string;
  readonly usd: string;
  readonly tokens: string;
  readonly period: 'day' | 'month';
  /** YYYY-MM-DD, of which the key ends at the beginning (UTC). */
  readonly expires: string;
  readonly redact: boolean;
}

export const emptyDraft: KeyDraft = {
  name: '',
  scopes: ['completions'],
  models: '',
  rpm: '',
  maxConcurrent: '',
  usd: '',
  tokens: '',
  period: 'month',
  expires: '',
  redact: true,
};

export function draftOf({ name, scopes, models, rpm, max_concurrent, budget, expires_at, redact }: KeyObject): KeyDraft {
  return {
    name,
    scopes,
    models: (models ?? []).join('\n'),
    rpm: text(rpm),
    maxConcurrent: text(max_concurrent),
    usd: text(budget?.usd),
    tokens: text(budget?.tokens),
    period: budget?.period ?? 'month',
    expires: expires_at === null ? '' : new Date(expires_at * 1000).toISOString().slice(0, 10),
    redact,
  };
}

/**
 * The body of `POST` and `PATCH /admin/keys`; what is not set is `null`, which is its default. A number that is none goes as it was written: the gateway says
 * what is wrong with it.
 *
 * @param before the key that is changed: a time of day that its end has is kept where the day is
 */
export function termsOf(draft: KeyDraft, before?: KeyObject): Record<string, unknown> {
  const models = draft.models.split(/[\s,]+/).filter((pattern) => pattern !== '');
  const budget = { usd: number(draft.usd), tokens: number(draft.tokens) };
  const limited = budget.usd !== null || budget.tokens !== null;
  const sameDay = before !== undefined && draftOf(before).expires === draft.expires;
  return {
    name: draft.name.trim(),
    scopes: draft.scopes,
    models: models.length > 0 ? models : null,
    rpm: number(draft.rpm),
    max_concurrent: number(draft.maxConcurrent),
    budget: limited ? { ...(budget.usd !== null && { usd: budget.usd }), ...(budget.tokens !== null && { tokens: budget.tokens }), period: draft.period } : null,
    // An end that has passed is no end that can be set.
    ...(sameDay ? {} : { expires_at: draft.expires === '' ? null : draft.expires }),
    redact: draft.redact,
  };
}

function text(value: number | null | undefined): string {
  return value === null || value === undefined ? '' : String(value);
}

function number(written: string): number | string | null {
  const trimmed = written.trim();
  if (trimmed === '') return null;
  return Number.isNaN(Number(trimmed)) ? trimmed : Number(trimmed);
}
