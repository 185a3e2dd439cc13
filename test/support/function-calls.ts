import { type ChatCompletion, type ChatCompletionMessageParam, type ChatCompletionTool } from 'openai/resources/chat/completions';

/** A function whose arguments are all required, by their schemas. */
export function functionTool(name: string, properties: object = { city: { type: 'string' } }): ChatCompletionTool {
  const parameters = { type: 'object', properties, required: Object.keys(properties), additionalProperties: false };
  return { type: 'function', function: { name, description: `What ${name} does.`, parameters } };
}

export const weatherTools = [functionTool('get_weather'), functionTool('get_time', { zone: { type: 'string' } })];

export function messageOf(answer: ChatCompletion): ChatCompletion['choices'][0]['message'] {
  return answer.choices[0]!.message;
}

/** The function calls of an answer, their arguments parsed. */
export function callsOf(answer: ChatCompletion): { id: string; name: string; arguments: unknown }[] {
  return (messageOf(answer).tool_calls ?? []).map((call) =>
    call.type === 'function' ? { id: call.id, name: call.function.name, arguments: JSON.parse(call.function.arguments) } : (undefined as never),
  );
}

export function resultOf(id: string, content: string): ChatCompletionMessageParam {
  return { role: 'tool', tool_call_id: id, content };
}
