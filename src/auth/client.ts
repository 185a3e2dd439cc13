import { type Budget } from '../kernel/budget.js';

export const scopes = ['completions', 'metrics', 'admin'] as const;
export type Scope = (typeof scopes)[number];

/** Who is asking. Everything with an id belongs to the client's `id`, never to its key, so that a key can be replaced. */
export interface Client {
  /** Opaque and stable: the owner of sessions, live processes and turn slots. */
  readonly id: string;
  /** What people call it: in logs and listings. */
  readonly name: string;
  /** Requests a minute; undefined: the default of all clients; 0: no limit. */
  readonly rpm: number | undefined;
  /** Patterns of the models it may use (`claude/*`); undefined: all. */
  readonly models: readonly string[] | undefined;
  readonly scopes: readonly Scope[];
  /** Requests that may be answered at once; undefined: no limit of its own. */
  readonly maxConcurrent: number | undefined;
  /** What it may spend; undefined: no limit. */
  readonly budget: Budget | undefined;
  /** Whether secrets are taken out of its answers; false for agents whose tool arguments become files. */
  readonly redact: boolean;
}

/** Everybody, in open mode: no clients are configured. */
export const openClient: Client = { id: 'open', name: 'open', rpm: undefined, models: undefined, scopes, maxConcurrent: undefined, budget: undefined, redact: true };
