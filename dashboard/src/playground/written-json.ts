import { type FunctionTool } from './chat-body.ts';

/** What somebody wrote as JSON: what it is, or what is wrong with it. */
export type Written<T> = { readonly value: T; readonly problem?: undefined } | { readonly value?: undefined; readonly problem: string };

/** Functions as OpenAI's `tools`, or bare: `[{"name", "description", "parameters"}]`, or only one of them. */
export function readTools(text: string): Written<readonly FunctionTool[]> {
  const json = parse(text);
  if (json.problem !== undefined) return json;
  const tools = (Array.isArray(json.value) ? (json.value as unknown[]) : [json.value]).map(toolOf);
  const wrong = tools.find(({ problem }) => problem !== undefined);
  return wrong?.problem === undefined ? { value: tools.flatMap(({ value }) => value ?? []) } : { problem: wrong.problem };
}

function toolOf(each: unknown, index: number): Written<FunctionTool> {
  const described = isObject(each) && each.type === 'function' ? each.function : each;
  if (!isObject(described) || typeof described.name !== 'string' || !/^[\w-]{1,64}$/.test(described.name)) {
    return { problem: `Function ${index + 1} needs a "name" of letters, digits, _ and -.` };
  }
  if (described.parameters !== undefined && !isObject(described.parameters)) return { problem: `"parameters" of ${described.name} has to be a JSON schema.` };
  return { value: { type: 'function', function: described as unknown as FunctionTool['function'] } };
}

export function readSchema(text: string): Written<object> {
  const json = parse(text);
  if (json.problem !== undefined) return json;
  return isObject(json.value) ? { value: json.value } : { problem: 'A schema is a JSON object.' };
}

/** How a browser words it is good enough, and says where. */
function parse(text: string): Written<unknown> {
  try {
    return { value: JSON.parse(text) as unknown };
  } catch (error) {
    return { problem: error instanceof Error ? error.message : String(error) };
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
