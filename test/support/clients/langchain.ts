import { AIMessage, type AIMessageChunk, type BaseMessage, HumanMessage, type ToolMessage, type UsageMetadata } from '@langchain/core/messages';
import { tool } from '@langchain/core/tools';
import { ChatOpenAI } from '@langchain/openai';
import { all, type Client, everyFigure, houseCalls, houseTools, leaving, place, type Question, type Seen, sum, type Tokens, type ToolUse } from './client.js';

type Api = 'chat' | 'responses';

/** A model whose name has `codex` in it is one that LangChain asks over responses only, so for chat completions the provider is named in its header. */
function modelOf(api: Api, { url, model }: Question): ChatOpenAI {
  const [provider = '', name = ''] = model.split('/');
  const named = api === 'responses' ? { model, headers: {} } : { model: name, headers: { 'X-SheLLM-Provider': provider } };
  const configuration = { baseURL: `${url}/v1`, defaultHeaders: named.headers };
  return new ChatOpenAI({ model: named.model, apiKey: 'none', maxRetries: 0, streamUsage: true, useResponsesApi: api === 'responses', configuration });
}

function tokensOf(usage: UsageMetadata | undefined): Partial<Tokens> {
  if (!usage) return {};
  const figures = { input: usage.input_tokens, output: usage.output_tokens, cached: usage.input_token_details?.cache_read, reasoning: usage.output_token_details?.reasoning };
  return Object.fromEntries(Object.entries(figures).filter(([, value]) => value !== undefined));
}

async function whole(stream: AsyncIterable<AIMessageChunk>): Promise<AIMessageChunk> {
  const [first, ...rest] = await all(stream);
  return rest.reduce((message, chunk) => message.concat(chunk), first!);
}

async function loop(api: Api, question: Question, streamed: boolean): Promise<Seen> {
  const calls: ToolUse[] = [];
  const tools = houseTools.map(({ name, description, parameters, run }) =>
    tool(
      (args: { city: string }) => {
        calls.push({ name, args });
        return run(args);
      },
      { name, description, schema: parameters },
    ),
  );
  const model = modelOf(api, question).bindTools(tools);
  const history: BaseMessage[] = [new HumanMessage(question.prompt)];
  const figures: Partial<Tokens>[] = [];
  for (;;) {
    const message: AIMessage = streamed ? await whole(await model.stream(history)) : await model.invoke(history);
    history.push(message);
    figures.push(tokensOf(message.usage_metadata));
    if (!message.tool_calls?.length) return { text: message.text, calls, tokens: sum(figures) };
    for (const asked of message.tool_calls) {
      const result: unknown = await tools.find(({ name }) => name === asked.name)!.invoke({ ...asked, type: 'tool_call' });
      history.push(result as ToolMessage);
    }
  }
}

/** LangChain's chat model of OpenAI, over one of the two APIs that it speaks. */
export const langChain = (api: Api): Client => ({
  name: `LangChain, ${api === 'chat' ? 'chat completions' : 'responses'}`,
  calls: houseCalls,
  tells: everyFigure,

  async chat(question) {
    const { text, usage_metadata: usage } = await modelOf(api, question).invoke(question.prompt);
    return { text, tokens: tokensOf(usage) };
  },

  async stream(question) {
    const chunks = await all(await modelOf(api, question).stream(question.prompt));
    const texts = chunks.map(({ text }) => text).filter((text) => text !== '');
    return { text: texts.join(''), pieces: texts.length, tokens: tokensOf(chunks.reduce((message, chunk) => message.concat(chunk)).usage_metadata) };
  },

  toolLoop: (question) => loop(api, question, false),
  parallelTools: (question) => loop(api, question, true),

  async schema(question) {
    const structured = modelOf(api, question).withStructuredOutput(place, { name: 'place', method: 'jsonSchema', includeRaw: true });
    const { raw, parsed } = await structured.invoke(question.prompt);
    return { text: raw.text, object: parsed, tokens: AIMessage.isInstance(raw) ? tokensOf(raw.usage_metadata) : {} };
  },

  async abort(question, underWay) {
    const leave = new AbortController();
    const read = modelOf(api, question)
      .stream(question.prompt, { signal: leave.signal })
      .then((stream) => all(stream));
    const left = leaving(read);
    await underWay();
    leave.abort();
    await left;
  },
});
