import { createOpenAI } from '@ai-sdk/openai';
import { generateText, isStepCount, type LanguageModel, type LanguageModelUsage, Output, streamText, tool, type ToolSet } from 'ai';
import { all, type Client, everyFigure, houseCalls, houseTools, leaving, place, type Question, type Tokens, type ToolUse } from './client.js';

type Api = 'chat' | 'responses';

const modelOf = (api: Api, { url, model }: Question): LanguageModel => createOpenAI({ baseURL: `${url}/v1`, apiKey: 'none' })[api](model);
const asked = (api: Api, question: Question): { model: LanguageModel; prompt: string; maxRetries: number } => ({ model: modelOf(api, question), prompt: question.prompt, maxRetries: 0 });

function tokensOf({ inputTokens, outputTokens, inputTokenDetails, outputTokenDetails }: LanguageModelUsage): Partial<Tokens> {
  const figures = { input: inputTokens, output: outputTokens, cached: inputTokenDetails.cacheReadTokens, reasoning: outputTokenDetails.reasoningTokens };
  return Object.fromEntries(Object.entries(figures).filter(([, value]) => value !== undefined));
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
    const result = streamText(asked(api, question));
    const pieces = await all(result.textStream);
    return { text: pieces.join(''), pieces: pieces.length, tokens: tokensOf(await result.totalUsage) };
  },

  async toolLoop(question) {
    const calls: ToolUse[] = [];
    const { text, totalUsage } = await generateText({ ...asked(api, question), tools: toolsInto(calls), stopWhen: isStepCount(5) });
    return { text, calls, tokens: tokensOf(totalUsage) };
  },

  async parallelTools(question) {
    const calls: ToolUse[] = [];
    const result = streamText({ ...asked(api, question), tools: toolsInto(calls), stopWhen: isStepCount(5) });
    await result.consumeStream();
    return { text: await result.text, calls, tokens: tokensOf(await result.totalUsage) };
  },

  async schema(question) {
    const { text, output, totalUsage } = await generateText({ ...asked(api, question), output: Output.object({ schema: place, name: 'place' }) });
    return { text, object: output, tokens: tokensOf(totalUsage) };
  },

  async abort(question, underWay) {
    const leave = new AbortController();
    const { textStream } = streamText({ ...asked(api, question), abortSignal: leave.signal, onError: () => undefined });
    const read = all(textStream);
    await underWay();
    leave.abort();
    await leaving(read);
  },
});
