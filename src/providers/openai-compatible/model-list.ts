/** Reads OpenAI's `GET /v1/models`; entries without an id are left out. At most 2,000. */
export function modelIdsOf(body: string): string[] {
  const { data } = JSON.parse(body) as { data?: unknown };
  if (!Array.isArray(data)) return [];
  return data.flatMap((entry: { id?: unknown } | null) => (typeof entry?.id === 'string' && entry.id !== '' ? [entry.id] : [])).slice(0, 2000);
}
