import { signal } from '@preact/signals';

export interface Me {
  /** Nobody needs a key. */
  readonly open: boolean;
  readonly client: { readonly name: string; readonly scopes: readonly string[] } | null;
  readonly version: string;
}

type Who = { readonly state: 'unknown' } | { readonly state: 'unreachable' } | { readonly state: 'signed-out' } | { readonly state: 'signed-in'; readonly me: Me };

/** Who looks at the dashboard. */
export const who = signal<Who>({ state: 'unknown' });
