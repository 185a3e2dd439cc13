import { type LoginTerm } from '../installation.js';

/** Whether the CLI can speak to its vendor, and who is billed for it. */
export interface Login {
  readonly loggedIn: boolean;
  readonly auth: 'subscription' | 'api_key' | undefined;
  /** Whether a program that uses it now would renew it. Two that do so at the same time log each other out. */
  readonly renewalDue: boolean;
  /** Of a subscription's login. */
  readonly term: LoginTerm | undefined;
}

const none: Login = { loggedIn: false, auth: undefined, renewalDue: false, term: undefined };
/** Before its access token expires, and before the CLI thinks that it has grown old (after eight days). */
const MARGIN_MS = 15 * 60_000;
const FRESH_MS = 7 * 86_400_000;

interface AuthFile {
  readonly OPENAI_API_KEY?: unknown;
  readonly tokens?: { readonly access_token?: unknown; readonly refresh_token?: unknown } | null;
  readonly last_refresh?: unknown;
}

/**
 * Reads the CLI's `auth.json`. It proves that there are credentials, not that they work. An access token that has expired says nothing: the CLI renews it.
 *
 * @param text undefined: there is no such file; @param now milliseconds since 1970
 */
export function readLogin(text: string | undefined, now: number): Login {
  const { OPENAI_API_KEY: key, tokens, last_refresh: lastRefresh } = fileOf(text);
  if (typeof tokens === 'object' && tokens?.refresh_token !== undefined) {
    const expiresAt = expiryOf(tokens.access_token);
    const fresh = expiresAt - now > MARGIN_MS && now - Date.parse(String(lastRefresh)) < FRESH_MS;
    return { loggedIn: true, auth: 'subscription', renewalDue: !fresh, term: { expiresAt: expiresAt === 0 ? undefined : expiresAt, renewable: true } };
  }
  return typeof key === 'string' && key !== '' ? { ...none, loggedIn: true, auth: 'api_key' } : none;
}

function fileOf(text: string | undefined): AuthFile {
  try {
    const value: unknown = JSON.parse(text ?? '{}');
    return typeof value === 'object' && value !== null ? value : {};
  } catch {
    return {}; // it is being written at this moment
  }
}

/** When a JSON Web Token expires (https://www.rfc-editor.org/rfc/rfc7519#section-4.1.4), in milliseconds since 1970; 0 where it does not tell. */
function expiryOf(token: unknown): number {
  try {
    const { exp } = JSON.parse(Buffer.from(String(token).split('.')[1] ?? '', 'base64url').toString()) as { readonly exp?: unknown };
    return typeof exp === 'number' ? exp * 1000 : 0;
  } catch {
    return 0;
  }
}
