/** A model as OpenAI lists it. */
export interface ModelObject {
  readonly id: string;
  readonly object: 'model';
  /** Seconds since 1970. */
  readonly created: number;
  readonly owned_by: string;
}

/** A model to be listed: its full name and who has it. */
export interface ListedModel {
  readonly id: string;
  readonly ownedBy: string;
}

/** Writes the answer of `GET /v1/models`. `created` is in seconds since 1970; no provider tells it, so it is one figure for all. */
export function encodeModels(models: readonly ListedModel[], created: number): { readonly object: 'list'; readonly data: readonly ModelObject[] } {
  return { object: 'list', data: models.map((model) => encodeModel(model, created)) };
}

/** Writes the answer of `GET /v1/models/{id}`. */
export function encodeModel({ id, ownedBy }: ListedModel, created: number): ModelObject {
  return { id, object: 'model', created, owned_by: ownedBy };
}
