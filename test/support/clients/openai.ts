import OpenAI from 'openai';
import { zodResponseFormat } from 'openai/helpers/zod';
import { all, type Client, everyFigure, houseCalls, houseTools, jsonSchemaOf, leaving, place, type Question, type Seen, sum, type Tokens, type ToolUse } from './client.js';

const clientFor = ({ url }: Question): OpenAI => new OpenAI({ baseURL: `${url}/v1`, apiKey: 'none', maxRetries: 0 });
const messages = ({ prompt }: Question): { role: 'user'; content: string }[] => [{ role: 'user', content: prompt }];
const withUsage = { stream: true, stream_options: { include_usage: true } } as const;

function tokensOf(usage: OpenAI.CompletionUsage | null | undefined): Partial<Tokens> {
  if (!usage) return {};
  const { prompt_tokens_details: input, completion_tokens_details: output } = usage;
  return { input: usage.prompt_tokens, output: usage.completion_tokens, ...known('cached', input?.cached_tokens), ...known('reasoning', output?.reasoning_tokens) };
}

const known = (name: keyof Tokens, value: number | undefined): Partial<Tokens> => (value === undefined ? {} : { [name]: value });

/** The official library's own tool loop. */
async function loop(question: Question, streamed: boolean): Promise<Seen> {
  const calls: ToolUse[] = [];
  const tools = houseTools.map(({ name, description, parameters, run }) => ({
    type: 'function' as const,
    function: {
      name,
      description,
      parameters: jsonSchemaOf(parameters),
      parse: (json: string) => parameters.parse(JSON.parse(json)),
      function: (args: { city: string }) => {
        calls.push({ name, args });
        return run(args);
      },
    },
  }));
  const body = { model: question.model, messages: messages(question), tools };
  const { completions } = clientFor(question).chat;
  const runner = streamed ? completions.runTools({ ...body, ...withUsage }) : completions.runTools(body);
  const text = (await runner.finalContent()) ?? '';
  return { text, calls, tokens: sum(runner.allChatCompletions().map(({ usage }) => tokensOf(usage))) };
}

/** The `openai` library over chat completions. */
export const openAiSdk: Client = {
  name: '`openai` SDK, chat completions',
  calls: houseCalls,
  tells: everyFigure,

  async chat(question) {
    const { choices, usage } = await clientFor(question).chat.completions.create({ model: question.model, messages: messages(question) });
    return { text: choices[0]?.message.content ?? '', tokens: tokensOf(usage) };
  },

  async stream(question) {
    const stream = await clientFor(question).chat.completions.create({ model: question.model, messages: messages(question), ...withUsage });
    const pieces: string[] = [];
    let tokens: Partial<Tokens> = {};
    for await (const { choices, usage } of stream) {
      const text = choices[0]?.delta.content ?? '';
      if (text !== '') pieces.push(text);
      if (usage) tokens = tokensOf(usage);
    }
    return { text: pieces.join(''), pieces: pieces.length, tokens };
  },

  toolLoop: (question) => loop(question, false),
  parallelTools: (question) => loop(question, true),

  async schema(question) {
    const format = { response_format: zodResponseFormat(place, 'place') };
    const { choices, usage } = await clientFor(question).chat.completions.parse({ model: question.model, messages: messages(question), ...format });
    return { text: choices[0]?.message.content ?? '', object: choices[0]?.message.parsed, tokens: tokensOf(usage) };
  },

  async abort(question, underWay) {
    const stream = await clientFor(question).chat.completions.create({ model: question.model, messages: messages(question), ...withUsage });
    const read = all(stream);
    await underWay();
    stream.controller.abort();
    await leaving(read);
  },
};
