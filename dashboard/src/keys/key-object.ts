/** A key as `/admin/keys` shows it. Times are seconds since 1970. */
export interface KeyObject {
  readonly id: string;
  readonly name: string;
  /** `environment`: of SHELLM_CLIENTS, which is changed there. */
  readonly source: 'issued' | 'environment';
  readonly masked: string | null;
  readonly rpm: number | null;
  readonly models: readonly string[] | null;
  readonly scopes: readonly string[];
  readonly max_concurrent: number | null;
  readonly budget: Budget | null;
  readonly redact: boolean;
  readonly created_at: number | null;
  readonly expires_at: number | null;
  readonly revoked_at: number | null;
}

export interface Budget {
  readonly usd?: number;
  readonly tokens?: number;
  readonly period: 'day' | 'month';
  readonly spent_usd?: number;
  readonly spent_tokens?: number;
  readonly resets_at?: number;
}

/** With what is shown once. */
export interface NewKey extends KeyObject {
  readonly key: string;
  readonly webhook_secret: string;
}
