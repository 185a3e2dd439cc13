import { type ListAnswer } from './model-list.js';
import { type VendorApi } from './vendor-api.js';

const MAX_MODELS = 2000;

/** Asks for OpenAI's list. Rejects where the server cannot be reached. */
export async function readModels(api: VendorApi, signal: AbortSignal): Promise<ListAnswer> {
  const { status, text } = await api.get('/models', signal);
  if (status === 401 || status === 403) return 'refused';
  return (status === 200 ? modelIdsOf(text, 'data', 'id') : undefined) ?? 'unlisted';
}

/** Asks Ollama: for OpenAI's list, and where an old one has none, for its own. */
export async function readOllamaModels(api: VendorApi, signal: AbortSignal): Promise<ListAnswer> {
  const answer = await readModels(api, signal);
  if (typeof answer !== 'string') return answer;
  const { status, text } = await api.get('../api/tags', signal);
  return (status === 200 ? modelIdsOf(text, 'models', 'name') : undefined) ?? answer;
}

/** The names in a list: `{"<list>": [{"<name>": "…"}]}`; entries without one are left out. Undefined for what is no list. */
export function modelIdsOf(body: string, list: string, name: string): string[] | undefined {
  const entries = parsed(body)?.[list];
  if (!Array.isArray(entries)) return undefined;
  const ids = entries.flatMap((entry: Readonly<Record<string, unknown>> | null) => {
    const id = entry?.[name];
    return typeof id === 'string' && id !== '' && id.length <= 256 ? [id] : [];
  });
  return [...new Set(ids)].slice(0, MAX_MODELS);
}

function parsed(body: string): Readonly<Record<string, unknown>> | undefined {
  try {
    return JSON.parse(body) as Readonly<Record<string, unknown>>;
  } catch {
    return undefined;
  }
}
