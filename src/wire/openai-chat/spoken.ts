type Fields = Readonly<Record<string, unknown>>;

/** Names of what a model says in a `delta`, a `message`, or a legacy completion's choice. */
const TEXTS = ['content', 'reasoning_content', 'reasoning', 'refusal', 'text'] as const;

/** What a model says in one chunk, or one completion, of all its choices: characters. Fields that other names repeat count once. */
export function charactersIn(answer: unknown): number {
  const { choices } = fieldsOf(answer);
  return Array.isArray(choices) ? choices.map(fieldsOf).reduce((sum, choice) => sum + ofChoice(choice), 0) : 0;
}

/** The same of a whole answer's text; none where it is no answer. */
export function charactersInBody(json: string): number {
  try {
    return charactersIn(JSON.parse(json));
  } catch {
    return 0;
  }
}

function ofChoice(choice: Fields): number {
  const said = fieldsOf(choice['delta'] ?? choice['message'] ?? choice);
  const texts = TEXTS.filter((name) => name !== 'reasoning' || typeof said['reasoning_content'] !== 'string').reduce((sum, name) => sum + lengthOf(said[name]), 0);
  const calls: unknown[] = Array.isArray(said['tool_calls']) ? said['tool_calls'] : [];
  return calls.map(fieldsOf).reduce((sum, call) => sum + ofCall(fieldsOf(call['function'] ?? call['custom'])), texts);
}

function ofCall(call: Fields): number {
  return lengthOf(call['name']) + lengthOf(call['arguments']) + lengthOf(call['input']);
}

function lengthOf(text: unknown): number {
  return typeof text === 'string' ? text.length : 0;
}

function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null ? (value as Fields) : {};
}
