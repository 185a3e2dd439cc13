export interface Provider {
  readonly id: string;
  readonly kind: string;
  readonly enabled: boolean;
  readonly configured: boolean;
  /** Only for keys that name it. */
  readonly restricted: boolean;
  readonly status: string;
  readonly installed: boolean;
  readonly authenticated: boolean;
  readonly auth?: 'subscription' | 'api_key' | null;
  readonly detail?: string | null;
  readonly what_to_do?: string | null;
  readonly breaker?: { readonly open: boolean; readonly retry_after?: number | null } | null;
  readonly default_model?: string | null;
  readonly models: readonly string[];
  readonly capabilities: Readonly<Record<string, 'native' | 'emulated' | 'none'>>;
  readonly quota?: readonly Quota[] | null;
}

export interface Quota {
  readonly window: string;
  readonly used_percent?: number | null;
  readonly resets_at?: string | null;
  readonly status?: string | null;
}
