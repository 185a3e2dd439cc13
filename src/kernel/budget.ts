/** What a client may spend in a day or a month: dollars, tokens, or both. */
export interface Budget {
  readonly usd?: number;
  readonly tokens?: number;
  readonly period: Period;
}

/** A calendar's, in UTC. */
export type Period = 'day' | 'month';
