/** A further OpenAI-compatible server (`providers:`). */
export interface ServerEntry {
  readonly baseUrl: string;
  /** The environment variable that holds its key; undefined: none is sent. */
  readonly apiKeyEnv: string | undefined;
  readonly defaultModel: string | undefined;
}

/** An agent that speaks the Agent Client Protocol (`acp:`). */
export interface AgentEntry {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** The operator's word that it may serve although it may run tools of its own. */
  readonly trusted: boolean;
  /** Its login and settings: what it may read and write in the user's home although it runs in a sandbox. `~/` is that home. */
  readonly files: readonly string[];
  readonly defaultModel: string | undefined;
  /** The tests of a slow machine, or an agent that is slow to start. Milliseconds. */
  readonly initTimeoutMs: number;
}

/** Dollars per million tokens. */
export interface Price {
  readonly input: number;
  readonly output: number;
  readonly cachedInput: number | undefined;
}

/** What `shellm.config.yaml` says (contract, section 10); everything empty where there is none. */
export interface FileSettings {
  /** Name to ordered targets; a target is `<provider>/<model>`, a provider id or another alias. */
  readonly aliases: ReadonlyMap<string, readonly string[]>;
  readonly providers: ReadonlyMap<string, ServerEntry>;
  readonly acp: ReadonlyMap<string, AgentEntry>;
  readonly images: { readonly fetch: boolean; readonly allow: readonly string[] };
  readonly callbacks: { readonly allow: readonly string[] };
  /** By `<provider>/<model>`; a `*` stands for anything. */
  readonly prices: ReadonlyMap<string, Price>;
}
