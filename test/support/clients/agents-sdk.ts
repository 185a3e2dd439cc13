import { Agent, type AgentInputItem, OpenAIProvider, Runner, setTracingDisabled, tool, type Usage } from '@openai/agents';
import { all, type Client, everyFigure, houseCalls, houseTools, leaving, place, type Question, type Seen, type Tokens, type ToolUse } from './client.js';

type Api = 'chat' | 'responses';

setTracingDisabled(true);

const runnerFor = (api: Api, { url, model }: Question): Runner =>
  new Runner({ model, modelProvider: new OpenAIProvider({ baseURL: `${url}/v1`, apiKey: 'none', useResponses: api === 'responses' }), tracingDisabled: true });

function tokensOf({ inputTokens, outputTokens, inputTokensDetails, outputTokensDetails }: Usage): Partial<Tokens> {
  const total = (details: readonly Record<string, number>[], name: string): number => details.reduce((all, detail) => all + (detail[name] ?? 0), 0);
  return { input: inputTokens, output: outputTokens, cached: total(inputTokensDetails, 'cached_tokens'), reasoning: total(outputTokensDetails, 'reasoning_tokens') };
}

const user = (prompt: string): AgentInputItem[] => [{ role: 'user', content: prompt }];

function toolsInto(calls: ToolUse[]) {
  return houseTools.map(({ name, description, parameters, run }) =>
    tool({
      name,
      description,
      parameters,
      execute: (args) => {
        calls.push({ name, args });
        return run(args);
      },
    }),
  );
}

/** The OpenAI Agents SDK, over one of the two APIs that it speaks; responses is its default. */
export const agentsSdk = (api: Api): Client => {
  const plain = new Agent({ name: 'plain' });
  const run = async (question: Question, calls: ToolUse[]): Promise<Seen> => {
    const { finalOutput, state } = await runnerFor(api, question).run(new Agent({ name: 'worker', tools: toolsInto(calls) }), user(question.prompt));
    return { text: finalOutput ?? '', calls, tokens: tokensOf(state.usage) };
  };
  const runStreamed = async (question: Question, calls: ToolUse[]): Promise<Seen> => {
    const agent = calls === none ? plain : new Agent({ name: 'worker', tools: toolsInto(calls) });
    const result = await runnerFor(api, question).run(agent, user(question.prompt), { stream: true });
    const pieces = await all(result.toTextStream() as unknown as AsyncIterable<string>);
    await result.completed;
    return { text: result.finalOutput ?? '', pieces: pieces.length, calls, tokens: tokensOf(result.state.usage) };
  };
  return {
    name: `OpenAI Agents SDK, ${api === 'chat' ? 'chat completions' : 'responses'}`,
    calls: houseCalls,
    tells: everyFigure,

    async chat(question) {
      const { finalOutput, state } = await runnerFor(api, question).run(plain, user(question.prompt));
      return { text: finalOutput ?? '', tokens: tokensOf(state.usage) };
    },

    stream: (question) => runStreamed(question, none),
    toolLoop: (question) => run(question, []),
    parallelTools: (question) => runStreamed(question, []),

    async schema(question) {
      const { finalOutput, state } = await runnerFor(api, question).run(new Agent({ name: 'place', outputType: place }), user(question.prompt));
      return { text: JSON.stringify(finalOutput), object: finalOutput, tokens: tokensOf(state.usage) };
    },

    async abort(question, underWay) {
      const leave = new AbortController();
      const result = await runnerFor(api, question).run(plain, user(question.prompt), { stream: true, signal: leave.signal });
      const read = leaving(all(result));
      await underWay();
      leave.abort();
      await read;
      await leaving(result.completed);
    },
  };
};

/** Stands for a run without tools. */
const none: ToolUse[] = [];
