import { javascriptLiteral } from './literal.ts';
import { type ChatBody, type ChatMessage, type Effort } from '../chat-body.ts';

/** How long an answer may be where nothing is said: the Anthropic API wants a number. */
const MAX_TOKENS = 4096;

/** The same for the `@anthropic-ai/sdk` package; undefined where its API cannot say it. @param origin where the gateway is, without a slash at the end */
export function anthropicSnippet(origin: string, body: ChatBody): string | undefined {
  if ((body.temperature ?? 0) > 1) return undefined;
  const parameters = javascriptLiteral(messageBody(body));
  return [
    "import Anthropic from '@anthropic-ai/sdk';",
    '',
    'const client = new Anthropic({',
    `  baseURL: ${javascriptLiteral(origin)},`,
    '  apiKey: process.env.SHELLM_API_KEY,',
    '});',
    '',
    ...(body.stream
      ? [`const stream = client.messages.stream(${parameters});`, "stream.on('text', (text) => process.stdout.write(text));", ...lastWords(body)]
      : [`const message = await client.messages.create(${parameters});`, 'console.log(message.content);']),
    '',
  ].join('\n');
}

function lastWords({ tools }: ChatBody): string[] {
  return tools ? ['console.log((await stream.finalMessage()).content);'] : ['await stream.done();'];
}

function messageBody({ model, messages, max_completion_tokens: maxTokens = MAX_TOKENS, temperature, reasoning_effort: effort, tools, response_format: format }: ChatBody): object {
  const system = messages.find(({ role }) => role === 'system')?.content;
  const config = { ...effortOf(effort), ...(format && { format: { type: 'json_schema', schema: format.json_schema.schema } }) };
  return {
    model,
    max_tokens: maxTokens,
    ...(system && { system }),
    messages: joined(messages.filter(({ role }) => role !== 'system').map(messageOf)),
    ...(temperature !== undefined && { temperature }),
    ...(effort === 'none' && { thinking: { type: 'disabled' } }),
    ...(Object.keys(config).length > 0 && { output_config: config }),
    ...(tools && {
      tools: tools.map(({ function: { name, description, parameters } }) => ({ name, ...(description && { description }), input_schema: parameters ?? { type: 'object' } })),
    }),
  };
}

function effortOf(effort: Effort | undefined): object {
  if (effort === undefined || effort === 'none') return {};
  return { effort: effort === 'minimal' ? 'low' : effort };
}

interface AnthropicMessage {
  readonly role: 'user' | 'assistant';
  readonly content: string | readonly object[];
}

function messageOf(message: ChatMessage): AnthropicMessage {
  if (message.role === 'tool') return { role: 'user', content: [{ type: 'tool_result', tool_use_id: message.tool_call_id, content: message.content }] };
  if (message.role !== 'assistant') return { role: 'user', content: message.content };
  const calls = (message.tool_calls ?? []).map(({ id, function: { name, arguments: json } }) => ({ type: 'tool_use', id, name, input: inputOf(json) }));
  if (calls.length === 0) return { role: 'assistant', content: message.content ?? '' };
  return { role: 'assistant', content: [...blocksOf(message.content ?? ''), ...calls] };
}

/** What a model wrote may be no JSON at all. */
function inputOf(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return { input: json };
  }
}

/** Roles take turns: results of several calls, and what the user says then, are one message. */
function joined(messages: readonly AnthropicMessage[]): readonly AnthropicMessage[] {
  const all: AnthropicMessage[] = [];
  for (const message of messages) {
    const before = all.at(-1);
    if (before?.role === message.role) all[all.length - 1] = { role: message.role, content: [...blocksOf(before.content), ...blocksOf(message.content)] };
    else all.push(message);
  }
  return all;
}

function blocksOf(content: AnthropicMessage['content']): readonly object[] {
  if (typeof content !== 'string') return content;
  return content === '' ? [] : [{ type: 'text', text: content }];
}
