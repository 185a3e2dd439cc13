export const scopes = ['completions', 'metrics', 'admin'] as const;
export type Scope = (typeof scopes)[number];

/** Who is asking. Everything with an id belongs to the client's `id`, never to its key, so that a key can be replaced. */
export interface Client {
  /** Opaque and stable: the owner of sessions, live processes and turn slots. */
  readonly id: string;
  /** Requests a minute; undefined: the default of all clients; 0: no limit. */
  readonly rpm: number | undefined;
  /** Patterns of the models it may use (`claude/*`); undefined: all. */
  readonly models: readonly string[] | undefined;
  readonly scopes: readonly Scope[];
}

/** Everybody, in open mode: no clients are configured. */
export const openClient: Client = { id: 'open', rpm: undefined, models: undefined, scopes };
