/** A page of a list, as OpenAI writes it. */
export interface ListPage<T> {
  readonly object: 'list';
  readonly data: readonly T[];
  readonly first_id: string | null;
  readonly last_id: string | null;
  readonly has_more: boolean;
}

/** @param entries up to one more than `limit`, where there are more than it */
export function listPage<T extends { readonly id: string }>(entries: readonly T[], limit: number): ListPage<T> {
  const data = entries.slice(0, limit);
  return { object: 'list', data, first_id: data[0]?.id ?? null, last_id: data.at(-1)?.id ?? null, has_more: entries.length > limit };
}
