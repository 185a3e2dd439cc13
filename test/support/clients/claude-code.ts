import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Client, everyFigure, jsonSchemaOf, place, type Question, type Seen, type Tokens, type ToolUse } from './client.js';
import { runCli } from './run-cli.js';

interface Block {
  readonly type: string;
  readonly name: string;
  readonly input: Record<string, unknown>;
}

interface Usage {
  readonly input_tokens: number;
  readonly cache_read_input_tokens: number;
  readonly cache_creation_input_tokens: number;
  readonly output_tokens: number;
  readonly output_tokens_details?: { readonly thinking_tokens?: number };
}

/** The lines of its output that matter here. */
type Line =
  | { readonly type: 'stream_event'; readonly event: { readonly type: string; readonly delta?: { readonly type: string } } }
  | { readonly type: 'assistant'; readonly message: { readonly content: readonly Block[] } }
  | { readonly type: 'result'; readonly result?: string; readonly structured_output?: unknown; readonly usage: Usage };

const NAMES = ['first', 'second'] as const;

function tokensOf({
  input_tokens: fresh,
  cache_read_input_tokens: read,
  cache_creation_input_tokens: written,
  output_tokens: output,
  output_tokens_details: details,
}: Usage): Partial<Tokens> {
  return { input: fresh + read + written, output, cached: read, ...(details?.thinking_tokens === undefined ? {} : { reasoning: details.thinking_tokens }) };
}

function seen(lines: readonly Line[]): Seen {
  const pieces = lines.filter((line) => line.type === 'stream_event' && line.event.delta?.type === 'text_delta').length;
  const calls = lines.flatMap((line): ToolUse[] =>
    line.type === 'assistant' ? line.message.content.filter(({ type }) => type === 'tool_use').map(({ name, input }) => ({ name, args: input })) : [],
  );
  const result = lines.find((line) => line.type === 'result');
  if (result === undefined) throw new Error(`Claude Code told of no result: ${JSON.stringify(lines)}`);
  return { text: result.result ?? '', pieces, calls, object: result.structured_output, tokens: tokensOf(result.usage) };
}

/** Claude Code as a client: a user's own, with its tools, whose base URL is the gateway. */
export function claudeCode(bin: string): Client & { close(): void } {
  const folder = mkdtempSync(join(tmpdir(), 'claude-code-client-'));
  for (const name of NAMES) writeFileSync(join(folder, `${name}.txt`), `the ${name} secret`);
  const env = ({ url }: Question): Record<string, string> => ({
    PATH: '/usr/bin:/bin',
    HOME: folder,
    CLAUDE_CONFIG_DIR: join(folder, '.claude'),
    ANTHROPIC_BASE_URL: url,
    ANTHROPIC_API_KEY: 'none',
    CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
    DISABLE_AUTOUPDATER: '1',
    CLAUDE_CODE_MAX_RETRIES: '0',
  });
  const run = async (question: Question, more: readonly string[] = [], interrupt?: Promise<void>): Promise<Line[]> =>
    (await runCli({
      command: bin,
      args: ['-p', '--model', question.model, '--output-format', 'stream-json', '--verbose', '--include-partial-messages', '--no-session-persistence', ...more],
      env: env(question),
      cwd: folder,
      input: question.prompt,
      ...(interrupt === undefined ? {} : { interrupt }),
    })) as unknown as Line[];
  const ask = async (question: Question): Promise<Seen> => seen(await run(question));
  return {
    name: 'Claude Code',
    calls: [
      { name: 'Read', args: { file_path: join(folder, 'first.txt') }, result: 'the first secret' },
      { name: 'Read', args: { file_path: join(folder, 'second.txt') }, result: 'the second secret' },
    ],
    schemaTool: 'StructuredOutput',
    tells: everyFigure,
    chat: ask,
    stream: ask,
    toolLoop: ask,
    parallelTools: ask,
    schema: async (question) => seen(await run(question, ['--json-schema', JSON.stringify(jsonSchemaOf(place))])),
    abort: async (question, underWay) => {
      await run(question, [], underWay());
    },
    close: () => {
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
