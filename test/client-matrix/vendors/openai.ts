import { asTold, joined, type MatrixVendor, type Received, type StartVendor, type Step, textOf } from './vendor.js';
import { type ToolUse } from '../../support/clients/client.js';
import { startMockOpenAI } from '../../support/mock-openai.mjs';

interface ChatMessage {
  readonly role: string;
  readonly content: unknown;
  readonly tool_call_id: string;
  readonly tool_calls?: readonly { readonly id: string; readonly function: { readonly name: string; readonly arguments: string } }[];
}

interface Item {
  readonly type?: string;
  readonly call_id: string;
  readonly name: string;
  readonly arguments: string;
  readonly output: unknown;
}

interface Tool {
  readonly name?: string;
  readonly function?: { readonly name: string };
}

/** A name that Codex CLI keeps for itself reaches its vendor with a mark. */
const marked = (name: string): string => (name === 'exec_command' ? `_${name}` : name);
const unmarked = (name: string): string => (name === '_exec_command' ? name.slice(1) : name);

const scenario = ({ text, calls, object, words, intervalMs, tokens }: Step, nameOf: (name: string) => string): object => ({
  text: object === undefined ? text : JSON.stringify(object),
  chunks: words === undefined ? undefined : Array.from({ length: words }, (_, index) => `w${index + 1} `),
  intervalMs,
  tool: calls?.map(({ name, args }) => ({ name: nameOf(name), arguments: args })),
  usage: { input: tokens.input, cached: tokens.cached, output: tokens.output - tokens.reasoning, reasoning: tokens.reasoning },
});

const callOf = (id: string, name: string, json: string): ToolUse & { readonly id: string } => ({ id, name: unmarked(name), args: JSON.parse(json) as Record<string, unknown> });

function ofChat(messages: readonly ChatMessage[]): Received['results'] {
  const calls = messages.flatMap(({ tool_calls: made = [] }) => made.map(({ id, function: { name, arguments: json } }) => callOf(id, name, json)));
  return joined(
    calls,
    messages.filter(({ role }) => role === 'tool').map(({ tool_call_id: id, content }) => ({ id, text: textOf(content) })),
  );
}

function ofResponses(items: readonly Item[]): Received['results'] {
  const calls = items.filter(({ type }) => type === 'function_call').map(({ call_id: id, name, arguments: json }) => callOf(id, name, json));
  return joined(
    calls,
    items.filter(({ type }) => type === 'function_call_output').map(({ call_id: id, output }) => ({ id, text: textOf(output) })),
  );
}

async function vendor(of: (url: string) => Pick<MatrixVendor, 'id' | 'model' | 'environment'>, nameOf = (name: string): string => name): Promise<MatrixVendor> {
  const mock = await startMockOpenAI();
  return {
    ...of(`${mock.url}/v1`),
    ...asTold,
    say: (prompt, steps) => `${prompt} [[mock:${JSON.stringify({ steps: steps.map((step) => scenario(step, nameOf)) })}]]`,
    received: (text) =>
      mock.requests
        .filter(({ method, body }) => method === 'POST' && JSON.stringify(body).includes(text))
        .map(({ body, aborted }) => {
          const { messages, input, tools = [] } = body as unknown as { messages?: readonly ChatMessage[]; input: string | readonly Item[]; tools?: readonly Tool[] };
          return {
            tools: tools.flatMap(({ name, function: offered }) => unmarked(offered?.name ?? name ?? '')).filter((name) => name !== ''),
            results: messages === undefined ? ofResponses(typeof input === 'string' ? [] : input) : ofChat(messages),
            aborted: aborted === true,
          };
        }),
    close: () => mock.close(),
  };
}

/** Codex CLI before the OpenAI API. */
export const codex = (bin: string): Promise<MatrixVendor> =>
  vendor(
    (url) => ({
      id: 'codex',
      model: 'codex/gpt-5.5',
      environment: { SHELLM_CODEX_BIN: bin, CODEX_API_KEY: 'sk-codex-test', SHELLM_CODEX_CONFIG: JSON.stringify({ openai_base_url: url }) },
    }),
    marked,
  );

/** The OpenAI API itself. */
export const openai: StartVendor = () => vendor((url) => ({ id: 'openai', model: 'openai/gpt-5.5', environment: { OPENAI_BASE_URL: url, OPENAI_API_KEY: 'sk-openai-test' } }));
