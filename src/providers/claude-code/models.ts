/** The CLI's short names, which follow its version, and what they stand for in the minimum version. */
export const models: readonly string[] = ['opus', 'sonnet', 'haiku', 'claude-opus-5-5', 'claude-sonnet-5-5', 'claude-haiku-5-5'];

export const DEFAULT_MODEL = 'sonnet';

/** Whether a name can be one of Claude's: listed, a variant of a short name (`opus[1m]`), or a full name, which the vendor judges (Bedrock's and Vertex's too). */
export function isClaudeModel(name: string): boolean {
  return models.includes(name) || /^(opus|sonnet|haiku|fable)(\[\w+\])?$/.test(name) || (name.includes('claude-') && /^[\w.:/@[\]-]{1,200}$/.test(name));
}
