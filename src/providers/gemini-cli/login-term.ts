import { type LoginTerm, parseLogin } from '../installation.js';

/** Reads the CLI's `oauth_creds.json`; undefined where it holds no login. */
export function loginTermOf(text: string): LoginTerm | undefined {
  const { access_token: access, refresh_token: refresh, expiry_date: expiry } = parseLogin(text);
  const renewable = typeof refresh === 'string' && refresh !== '';
  if (!renewable && typeof access !== 'string') return undefined;
  return { expiresAt: typeof expiry === 'number' ? expiry : undefined, renewable };
}
