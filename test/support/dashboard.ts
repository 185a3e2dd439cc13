import { call } from './boot.js';

/** What the dashboard's pages send once a key was shown to them. */
export async function signIn(url: string, key: string): Promise<Record<string, string>> {
  const { status, headers } = await call(`${url}/dashboard/api/sign-in`, { body: { key } });
  if (status !== 204) throw new Error(`signing in: ${status}`);
  return { cookie: headers.get('set-cookie')?.split(';')[0] ?? '', 'x-shellm-dashboard': '1' };
}
