import { ApiError } from '../api/api-error.ts';
import { request } from '../api/request.ts';
import { type Me, who } from './who.ts';

/** Asks the gateway who this is. */
export async function lookWho(): Promise<void> {
  try {
    const me = await request<Me>('/dashboard/api/me');
    who.value = me.open || me.client ? { state: 'signed-in', me } : { state: 'signed-out' };
  } catch (error) {
    who.value = error instanceof ApiError && error.status === 401 ? { state: 'signed-out' } : { state: 'unreachable' };
  }
}

/** The key goes to the gateway, which keeps the browser signed in by a cookie that no script can read; it is kept nowhere here. */
export async function signIn(key: string): Promise<void> {
  await request('/dashboard/api/sign-in', { method: 'POST', body: { key } });
  await lookWho();
}

export async function signOut(): Promise<void> {
  await request('/dashboard/api/sign-out', { method: 'POST' });
  await lookWho();
}
