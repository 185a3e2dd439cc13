import { asTold, joined, type MatrixVendor, type Received, type Step } from './vendor.js';
import { type RecordedGeminiRequest, startMockGemini } from '../../support/mock-gemini.mjs';

interface Part {
  readonly functionCall?: { readonly id?: string; readonly name: string; readonly args: Record<string, unknown> };
  readonly functionResponse?: { readonly id?: string; readonly name: string; readonly response: { readonly output?: unknown } };
}

/** What the CLI puts before the names of the client's functions, and around their results. */
const SERVER = 'mcp_client_';
const bareName = (name: string): string => (name.startsWith(SERVER) ? name.slice(SERVER.length) : name);
const bareResult = (text: string): string => text.replace(/^<untrusted_context>\n([^]*)\n<\/untrusted_context>$/, '$1');

const scenario = ({ text, calls, object, words, intervalMs, tokens }: Step): object => ({
  text: object === undefined ? text : JSON.stringify(object),
  chunks: words === undefined ? undefined : Array.from({ length: words }, (_, index) => `w${index + 1} `),
  intervalMs,
  tool: calls?.map(({ name, args }) => ({ name: SERVER + name, args })),
  usage: { prompt: tokens.input, cached: tokens.cached, output: tokens.output - tokens.reasoning, thoughts: tokens.reasoning },
});

function received({ body, aborted }: RecordedGeminiRequest): Received {
  const parts = body.contents.flatMap((content) => content.parts as readonly Part[]);
  const declarations = (body.tools ?? []).flatMap(({ functionDeclarations = [] }) => functionDeclarations as readonly { readonly name: string }[]);
  // Google's results carry an id only where the call had one; else their order within a name tells which call they answer.
  const ids = (of: readonly { readonly id?: string; readonly name: string }[]): string[] =>
    of.map(({ id, name }, at) => id ?? `${name} ${of.slice(0, at).filter((other) => other.name === name).length}`);
  const calls = parts.flatMap(({ functionCall }) => functionCall ?? []);
  const responses = parts.flatMap(({ functionResponse }) => functionResponse ?? []);
  const [callIds, responseIds] = [ids(calls), ids(responses)];
  return {
    tools: declarations.map(({ name }) => bareName(name)),
    results: joined(
      calls.map(({ name, args }, at) => ({ id: callIds[at]!, name: bareName(name), args })),
      responses.map(({ response }, at) => ({ id: responseIds[at]!, text: typeof response.output === 'string' ? bareResult(response.output) : JSON.stringify(response) })),
    ),
    aborted: aborted === true,
  };
}

/** Gemini CLI before the Gemini API. */
export async function gemini(bin: string): Promise<MatrixVendor> {
  const mock = await startMockGemini();
  return {
    id: 'gemini',
    model: 'gemini/gemini-2.5-flash',
    callsSingly: true,
    environment: { SHELLM_GEMINI_BIN: bin, GOOGLE_GEMINI_BASE_URL: mock.url, GEMINI_API_KEY: 'gemini-test-key' },
    ...asTold,
    say: (prompt, steps) => `${prompt} [[mock:${JSON.stringify({ steps: steps.map(scenario) })}]]`,
    received: (text) => mock.requests.filter(({ path, body }) => path.includes('enerateContent') && JSON.stringify(body).includes(text)).map(received),
    close: () => mock.close(),
  };
}
