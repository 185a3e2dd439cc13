import { type Effort, type FunctionTool, type Settings } from './chat-body.ts';
import { readSchema, readTools } from './written-json.ts';

/** The settings as they stand in the form. */
export interface SettingsDraft {
  readonly model: string;
  readonly system: string;
  readonly stream: boolean;
  readonly maxTokens: string;
  readonly temperature: string;
  readonly effort: Effort | '';
  readonly withTools: boolean;
  readonly tools: string;
  readonly withSchema: boolean;
  readonly schema: string;
}

export const firstSettings: SettingsDraft = {
  model: '',
  system: '',
  stream: true,
  maxTokens: '',
  temperature: '',
  effort: '',
  withTools: false,
  tools: `[
  {
    "name": "get_weather",
    "description": "The weather of a city right now",
    "parameters": {
      "type": "object",
      "properties": { "city": { "type": "string" } },
      "required": ["city"],
      "additionalProperties": false
    }
  }
]`,
  withSchema: false,
  schema: `{
  "type": "object",
  "properties": {
    "title": { "type": "string" },
    "tags": { "type": "array", "items": { "type": "string" } }
  },
  "required": ["title", "tags"],
  "additionalProperties": false
}`,
};

/** What is wrong with which field. */
export type Problems = Partial<Readonly<Record<keyof SettingsDraft, string>>>;

/** The settings that a form means; what is wrong is left out of them, and named. */
export function readSettings(draft: SettingsDraft): { readonly settings: Settings; readonly problems: Problems } {
  const tools: Read<readonly FunctionTool[]> = draft.withTools ? readTools(draft.tools) : {};
  const schema: Read<object> = draft.withSchema ? readSchema(draft.schema) : {};
  const read = {
    model: draft.model.trim() === '' ? { problem: 'Name a model.' } : { value: draft.model.trim() },
    maxTokens: readNumber(draft.maxTokens, (number) => Number.isSafeInteger(number) && number >= 1, 'A whole number, 1 or more.'),
    temperature: readNumber(draft.temperature, (number) => number >= 0 && number <= 2, 'A number from 0 to 2.'),
    tools,
    schema,
  } satisfies Record<string, Read<unknown>>;
  const { model, maxTokens, temperature } = read;
  const effort = draft.effort === '' ? undefined : draft.effort;
  return {
    settings: {
      model: model.value ?? '',
      system: draft.system,
      stream: draft.stream,
      maxTokens: maxTokens.value,
      temperature: temperature.value,
      effort,
      tools: tools.value,
      schema: schema.value,
    },
    problems: Object.fromEntries(Object.entries(read).flatMap(([field, { problem }]: [string, Read<unknown>]) => (problem === undefined ? [] : [[field, problem]]))),
  };
}

interface Read<T> {
  readonly value?: T | undefined;
  readonly problem?: string | undefined;
}

function readNumber(text: string, accepts: (number: number) => boolean, problem: string): Read<number> {
  if (text.trim() === '') return {};
  const number = Number(text);
  return accepts(number) ? { value: number } : { problem };
}
