import { createOpenAI } from '@ai-sdk/openai';
import { generateText, isStepCount, type LanguageModel, type LanguageModelUsage, Output, streamText, tool, type ToolSet } from 'ai';
import { all, type Client, everyFigure, houseCalls, houseTools, leaving, place, type Question, type Tokens, type ToolUse } from './client.js';

type Api = 'chat' | 'responses';

const modelOf = (api: Api, { url, model }: Question): LanguageModel => createOpenAI({ baseURL: `${url}/v1`, apiKey: 'none' })[api](model);
const asked = (api: Api, question: Question): { model: LanguageModel; prompt: string; maxRetries: number } => ({
  model: modelOf(api, question),
  prompt: question.prompt,
  maxRetries: 0,
});

function tokensOf({ inputTokens, outputTokens, inputTokenDetails, outputTokenDetails }: LanguageModelUsage): Partial<Tokens> {
  const figures = { input: inputTokens, output: outputTokens, cached: inputTokenDetails.cacheReadTokens, reasoning: outputTokenDetails.reasoningTokens };
  return Object.fromEntries(Object.entries(figures).filter(([, value]) => value !== undefined));
}

/** A stream that fails with what went wrong: by itself it ends there. */
function streamed(options: Parameters<typeof streamText>[0]): { text: PromiseLike<string>; totalUsage: PromiseLike<LanguageModelUsage>; textStream: AsyncIterable<string> } {
  let failure: unknown;
  const { text, totalUsage, textStream } = streamText({
    ...options,
    onError: ({ error }) => {
      failure = error;
    },
  });
  async function* orFails(): AsyncGenerator<string> {
    yield* textStream;
    if (failure !== undefined) throw failure as Error;
  }
  for (const promise of [text, totalUsage]) promise.then(undefined, () => undefined);
  return { text, totalUsage, textStream: orFails() };
}

function toolsInto(calls: ToolUse[]): ToolSet {
  return Object.fromEntries(
    houseTools.map(({ name, description, parameters, run }) => [
      name,
      tool({
        description,
        inputSchema: parameters,
        execute: (args) => {
          calls.push({ name, args });
          return run(args);
        },
      }),
    ]),
  );
}

/** The Vercel AI SDK with its OpenAI provider, over one of the two APIs that it speaks. */
export const aiSdk = (api: Api): Client => ({
  name: `Vercel AI SDK, ${api === 'chat' ? 'chat completions' : 'responses'}`,
  calls: houseCalls,
  tells: everyFigure,

  async chat(question) {
    const { text, totalUsage } = await generateText(asked(api, question));
    return { text, tokens: tokensOf(totalUsage) };
  },

  async stream(question) {
    const { text, totalUsage, textStream } = streamed(asked(api, question));
    const pieces = await all(textStream);
    return { text: await text, pieces: pieces.length, tokens: tokensOf(await totalUsage) };
  },

  async toolLoop(question) {
    const calls: ToolUse[] = [];
    const { text, totalUsage } = await generateText({ ...asked(api, question), tools: toolsInto(calls), stopWhen: isStepCount(5) });
    return { text, calls, tokens: tokensOf(totalUsage) };
  },

  async parallelTools(question) {
    const calls: ToolUse[] = [];
    const { text, totalUsage, textStream } = streamed({ ...asked(api, question), tools: toolsInto(calls), stopWhen: isStepCount(5) });
    await all(textStream);
    return { text: await text, calls, tokens: tokensOf(await totalUsage) };
  },

  async schema(question) {
    const { text, output, totalUsage } = await generateText({ ...asked(api, question), output: Output.object({ schema: place, name: 'place' }) });
    return { text, object: output, tokens: tokensOf(totalUsage) };
  },

  async abort(question, underWay) {
    const leave = new AbortController();
    const { textStream } = streamed({ ...asked(api, question), abortSignal: leave.signal });
    const read = all(textStream);
    await underWay();
    leave.abort();
    await leaving(read);
  },
});
