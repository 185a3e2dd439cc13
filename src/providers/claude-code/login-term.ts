import { type LoginTerm, parseLogin } from '../installation.js';

/** Reads the CLI's `.credentials.json`; undefined where it holds no login. */
export function loginTermOf(text: string): LoginTerm | undefined {
  const login = parseLogin(text)['claudeAiOauth'];
  if (typeof login !== 'object' || login === null) return undefined;
  const { expiresAt, refreshToken } = login as { readonly expiresAt?: unknown; readonly refreshToken?: unknown };
  return { expiresAt: typeof expiresAt === 'number' ? expiresAt : undefined, renewable: typeof refreshToken === 'string' && refreshToken !== '' };
}
