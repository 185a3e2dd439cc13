import { asTold, joined, type MatrixVendor, type Received, type Step, textOf } from './vendor.js';
import { type Tokens } from '../../support/clients/client.js';
import { type RecordedRequest, startMock } from '../../support/mock-anthropic.mjs';

interface Block {
  readonly type: string;
  readonly id: string;
  readonly name: string;
  readonly input: Record<string, unknown>;
  readonly tool_use_id: string;
  readonly content: unknown;
}

const usage = ({ input, output, cached, reasoning }: Tokens): object => ({
  input_tokens: input - cached,
  cache_read_input_tokens: cached,
  cache_creation_input_tokens: 0,
  cache_creation: { ephemeral_5m_input_tokens: 0, ephemeral_1h_input_tokens: 0 },
  output_tokens: output,
  output_tokens_details: { thinking_tokens: reasoning },
});

const directive = ({ text, calls, object, words, intervalMs, tokens }: Step): object => ({
  text,
  words,
  delay: intervalMs,
  structured: object,
  tools: calls?.map(({ name, args }) => ({ name, input: args })),
  usage: usage(tokens),
});

function received({ body, abortedAt }: RecordedRequest): Received {
  const blocks = body.messages.flatMap(({ content }) => (typeof content === 'string' ? [] : content)) as unknown as Block[];
  const calls = blocks.filter(({ type }) => type === 'tool_use').map(({ id, name, input }) => ({ id, name, args: input }));
  const results = blocks.filter(({ type }) => type === 'tool_result').map(({ tool_use_id: id, content }) => ({ id, text: textOf(content) }));
  return { tools: (body.tools ?? []).map(({ name }) => name), results: joined(calls, results), aborted: abortedAt !== undefined };
}

/** Claude Code before the Anthropic API. */
export async function claude(bin: string): Promise<MatrixVendor> {
  const mock = await startMock({ strict: true });
  return {
    id: 'claude',
    model: 'claude/sonnet',
    environment: { SHELLM_CLAUDE_BIN: bin, ANTHROPIC_BASE_URL: mock.url, ANTHROPIC_API_KEY: 'sk-ant-api03-test' },
    ...asTold,
    say: (prompt, steps) => `${prompt} @@mock ${JSON.stringify({ steps: steps.map(directive) })} @@`,
    received: (text) => mock.requests.filter(({ path, body }) => /^\/v1\/messages(\?|$)/.test(path) && JSON.stringify(body).includes(text)).map(received),
    close: () => mock.close(),
  };
}
