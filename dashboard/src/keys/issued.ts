import { signal } from '@preact/signals';
import { type NewKey } from './key-object.ts';
import { request } from '../api/request.ts';
import { signIn } from '../session/sign-in-out.ts';
import { who } from '../session/who.ts';

/** The key that is to be shown now, and never again. It outlives the page, which may be drawn anew by what the key changes. */
export const shownOnce = signal<NewKey>();

/**
 * Issues a key. The first one of an open gateway ends the open mode: this browser is signed in with it at once.
 *
 * @param terms the body of `POST /admin/keys`
 */
export async function issue(terms: object): Promise<void> {
  const wasOpen = isOpen();
  const made = await request<NewKey>('/admin/keys', { method: 'POST', body: terms });
  shownOnce.value = made;
  if (wasOpen) await signIn(made.key);
}

/** Gives a key another value; whoever is signed in with it stays so. */
export async function rotate(id: string, name: string): Promise<void> {
  const own = isOwn(name);
  const made = await request<NewKey>(`/admin/keys/${encodeURIComponent(id)}`, { method: 'PATCH', body: { rotate: true } });
  shownOnce.value = made;
  if (own) await signIn(made.key);
}

export async function change(id: string, terms: object): Promise<void> {
  await request(`/admin/keys/${encodeURIComponent(id)}`, { method: 'PATCH', body: terms });
}

export async function revoke(id: string): Promise<void> {
  await request(`/admin/keys/${encodeURIComponent(id)}`, { method: 'DELETE' });
}

export function isOpen(): boolean {
  return who.value.state === 'signed-in' && who.value.me.open;
}

/** Whether it is the key that this browser is signed in with. */
export function isOwn(name: string): boolean {
  return who.value.state === 'signed-in' && who.value.me.client?.name === name;
}
