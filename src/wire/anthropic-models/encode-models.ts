/** A model as Anthropic lists it. */
export interface AnthropicModel {
  readonly type: 'model';
  readonly id: string;
  readonly display_name: string;
  readonly created_at: string;
  readonly lifecycle: 'active';
  readonly line: null;
  readonly capabilities: null;
  readonly max_input_tokens: null;
  readonly max_tokens: null;
  readonly deprecated_at: null;
  readonly retires_at: null;
}

/** A page of a list. */
export interface AnthropicModels {
  readonly data: AnthropicModel[];
  readonly has_more: boolean;
  readonly first_id: string | null;
  readonly last_id: string | null;
}

/** Writes a page of models. `created` is in seconds since 1970; no provider tells it, so it is one figure for all. */
export function encodeAnthropicModels(page: { readonly ids: readonly string[]; readonly hasMore: boolean }, created: number): AnthropicModels {
  const { ids, hasMore } = page;
  return { data: ids.map((id) => encodeAnthropicModel(id, created)), has_more: hasMore, first_id: ids[0] ?? null, last_id: ids.at(-1) ?? null };
}

/** Writes one model. */
export function encodeAnthropicModel(id: string, created: number): AnthropicModel {
  const unknown = { capabilities: null, max_input_tokens: null, max_tokens: null, deprecated_at: null, retires_at: null };
  return { type: 'model', id, display_name: id, created_at: new Date(created * 1000).toISOString(), lifecycle: 'active', line: null, ...unknown };
}
