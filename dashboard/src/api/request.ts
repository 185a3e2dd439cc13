import { who } from '../session/who.ts';
import { errorOf } from './api-error.ts';

interface Options {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Sent as JSON. */
  readonly body?: unknown;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Asks the gateway, as whoever is signed in, and gives the answer with its body unread. Throws an `ApiError` for an answer that is none; a 401 leads to the
 * sign-in besides.
 */
export async function open(path: string, { method = 'GET', body, signal }: Options = {}): Promise<Response> {
  const answer = await fetch(path, {
    method,
    headers: { 'X-SheLLM-Dashboard': '1', ...(body !== undefined && { 'Content-Type': 'application/json' }) },
    body: body === undefined ? null : JSON.stringify(body),
    signal: signal ?? null,
    cache: 'no-store',
  });
  if (answer.ok) return answer;
  if (answer.status === 401) who.value = { state: 'signed-out' };
  throw errorOf(answer.status, await answer.json().catch(() => undefined));
}

/** The same, with the body of the answer read as JSON; undefined where there is none. */
export async function request<T>(path: string, options?: Options): Promise<T> {
  const answer = await open(path, options);
  return (answer.status === 204 ? undefined : await answer.json()) as T;
}
