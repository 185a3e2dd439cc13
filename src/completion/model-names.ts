/** What an OpenAI model name means to Claude where a client asks for Claude by header: the nearest in price and strength. */
const claudeNames: Readonly<Record<string, string>> = {
  'gpt-3.5-turbo': 'haiku',
  'gpt-4': 'opus',
  'gpt-4-turbo': 'sonnet',
  'gpt-4o': 'sonnet',
  'gpt-4o-mini': 'haiku',
  'gpt-4.1': 'sonnet',
  'gpt-4.1-mini': 'haiku',
  'gpt-4.1-nano': 'haiku',
  'gpt-5': 'opus',
  'gpt-5-mini': 'sonnet',
  'gpt-5-nano': 'haiku',
  o1: 'opus',
  'o1-mini': 'sonnet',
  o3: 'opus',
  'o3-mini': 'sonnet',
  'o4-mini': 'sonnet',
};

/** The Claude model for an OpenAI name: by the table, without a date or `-latest` at its end, else by the size its family tells. */
export function claudeNameFor(model: string): string | undefined {
  const name = model.replace(/-(\d{4}-\d{2}-\d{2}|\d{4}|latest)$/, '');
  if (Object.hasOwn(claudeNames, name)) return claudeNames[name];
  if (vendorOf(name) !== 'openai') return undefined;
  return /-(mini|nano)\b/.test(name) ? 'haiku' : /^o\d|-pro\b/.test(name) ? 'opus' : 'sonnet';
}

/** Whose model a bare name is, by the vendors' own naming; undefined where it tells nothing. */
export function vendorOf(model: string): 'claude' | 'gemini' | 'openai' | undefined {
  if (/^(claude-|opus$|sonnet$|haiku$)/.test(model)) return 'claude';
  if (model.startsWith('gemini-')) return 'gemini';
  return /^(gpt-|o\d|chatgpt-)/.test(model) ? 'openai' : undefined;
}
