/** What there is of a CLI on this machine: for its operator alone, since it names paths. No account data. */
export interface Installation {
  /** The executable; undefined: there is none. */
  readonly command: string | undefined;
  /** Undefined until it was asked. */
  readonly version: string | undefined;
  /** The variable that is billed in place of a login; undefined: there is none. */
  readonly keyVariable: string | undefined;
  /** Where its login is kept, or would be: the first that is there counts. */
  readonly loginFiles: readonly string[];
  /** What the login's file tells; undefined where there is none, or where it cannot be read. */
  readonly login: LoginTerm | undefined;
}

/** How long a login lasts. Times are milliseconds since 1970. */
export interface LoginTerm {
  /** When its access ends; undefined: that is not told. */
  readonly expiresAt: number | undefined;
  /** Whether the CLI renews it by itself. */
  readonly renewable: boolean;
}

/** What a login's file says, as JSON; nothing where it is something else, or is being written at this moment. */
export function parseLogin(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
