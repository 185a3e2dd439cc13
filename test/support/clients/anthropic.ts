import Anthropic from '@anthropic-ai/sdk';
import { betaZodTool } from '@anthropic-ai/sdk/helpers/beta/zod';
import { zodOutputFormat } from '@anthropic-ai/sdk/helpers/zod';
import { type Client, everyFigure, houseCalls, houseTools, leaving, place, type Question, sum, type Tokens, type ToolUse } from './client.js';

type Figures = Pick<Anthropic.Usage, 'input_tokens' | 'output_tokens' | 'cache_read_input_tokens' | 'cache_creation_input_tokens'> & {
  readonly output_tokens_details?: { readonly thinking_tokens: number } | null;
};

interface Asked {
  model: string;
  max_tokens: number;
  messages: { role: 'user'; content: string }[];
}

const clientFor = ({ url }: Question): Anthropic => new Anthropic({ baseURL: url, apiKey: 'none', maxRetries: 0 });
const asked = ({ model, prompt }: Question): Asked => ({ model, max_tokens: 1024, messages: [{ role: 'user', content: prompt }] });
const textOf = (content: readonly { readonly type: string; readonly text?: string }[]): string => content.map(({ text }) => text ?? '').join('');

function tokensOf({
  input_tokens: fresh,
  cache_read_input_tokens: read,
  cache_creation_input_tokens: written,
  output_tokens: output,
  output_tokens_details: details,
}: Figures): Partial<Tokens> {
  return { input: fresh + (read ?? 0) + (written ?? 0), output, cached: read ?? 0, ...(details ? { reasoning: details.thinking_tokens } : {}) };
}

const toolsInto = (calls: ToolUse[]) =>
  houseTools.map(({ name, description, parameters, run }) =>
    betaZodTool({
      name,
      description,
      inputSchema: parameters,
      run: (args) => {
        calls.push({ name, args });
        return run(args);
      },
    }),
  );

/** The `@anthropic-ai/sdk` library. */
export const anthropicSdk: Client = {
  name: '`@anthropic-ai/sdk`',
  calls: houseCalls,
  tells: everyFigure,

  async chat(question) {
    const { content, usage } = await clientFor(question).messages.create(asked(question));
    return { text: textOf(content), tokens: tokensOf(usage) };
  },

  async stream(question) {
    const pieces: string[] = [];
    const stream = clientFor(question)
      .messages.stream(asked(question))
      .on('text', (piece) => pieces.push(piece));
    const { content, usage } = await stream.finalMessage();
    return { text: textOf(content), pieces: pieces.length, tokens: tokensOf(usage) };
  },

  async toolLoop(question) {
    const calls: ToolUse[] = [];
    const messages: Anthropic.Beta.BetaMessage[] = [];
    for await (const message of clientFor(question).beta.messages.toolRunner({ ...asked(question), tools: toolsInto(calls) })) messages.push(message);
    return { text: textOf(messages.at(-1)!.content), calls, tokens: sum(messages.map(({ usage }) => tokensOf(usage))) };
  },

  async parallelTools(question) {
    const calls: ToolUse[] = [];
    const messages: Anthropic.Beta.BetaMessage[] = [];
    for await (const stream of clientFor(question).beta.messages.toolRunner({ ...asked(question), tools: toolsInto(calls), stream: true }))
      messages.push(await stream.finalMessage());
    return { text: textOf(messages.at(-1)!.content), calls, tokens: sum(messages.map(({ usage }) => tokensOf(usage))) };
  },

  async schema(question) {
    const { content, parsed_output: object, usage } = await clientFor(question).messages.parse({ ...asked(question), output_config: { format: zodOutputFormat(place) } });
    return { text: textOf(content), object, tokens: tokensOf(usage) };
  },

  async abort(question, underWay) {
    const stream = clientFor(question).messages.stream(asked(question));
    const read = leaving(stream.finalMessage());
    await underWay();
    stream.abort();
    await read;
  },
};
