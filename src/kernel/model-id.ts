/** A model of one provider. */
export interface ModelId {
  readonly provider: string;
  /** The provider's own name of the model; it may hold slashes. */
  readonly model: string;
}

/** `claude/opus`: the form in which `/v1/models` lists a model and a key's `models` list is checked. */
export function formatModelId({ provider, model }: ModelId): string {
  return `${provider}/${model}`;
}

/** Whether a pattern of a key's `models` list (`claude/opus`, `claude/*`, `*`) covers a model. A `*` stands for anything, slashes included. */
export function modelMatches(pattern: string, id: ModelId): boolean {
  const name = formatModelId(id);
  const pieces = pattern.split('*');
  const [head = ''] = pieces;
  if (pieces.length === 1) return name === pattern;
  const tail = pieces.at(-1) ?? '';
  if (!name.startsWith(head) || !name.endsWith(tail) || name.length < head.length + tail.length) return false;
  let from = head.length;
  for (const piece of pieces.slice(1, -1)) {
    const at = name.indexOf(piece, from);
    if (at < 0 || at + piece.length > name.length - tail.length) return false;
    from = at + piece.length;
  }
  return true;
}
