import { type CliName, findInstalledCli } from './installed-cli.js';
import { startMock } from './mock-anthropic.mjs';
import { startMockGemini } from './mock-gemini.mjs';
import { startMockOpenAI } from './mock-openai.mjs';

/** One call that reached a vendor. */
interface VendorCall {
  /** Of the request's body. */
  readonly bytes: number;
  readonly tools: number;
  /** Everything in the body. */
  readonly text: string;
  /** The conversation in it, in order. */
  readonly turns: readonly (readonly ['user' | 'assistant', string])[];
  /** The caller went away before the answer was whole. */
  readonly closed: boolean;
}

/** What a vendor is told to do about a prompt. Milliseconds. */
interface Directive {
  readonly text?: string;
  /** So many words in place of a text. */
  readonly words?: number;
  readonly intervalMs?: number;
  readonly status?: number;
  readonly usage?: { readonly input: number; readonly output: number };
}

/** A stand-in for the vendor of a CLI, in that vendor's protocol. */
export interface CliVendor {
  /** For the gateway: the CLI, and its way to this vendor. */
  readonly environment: Record<string, string>;
  /** A prompt that holds the directive for its own answer. */
  say(prompt: string, directive: Directive): string;
  calls(): readonly VendorCall[];
  forget(): void;
  close(): Promise<void>;
}

export interface InstalledCli {
  readonly id: string;
  readonly start: () => Promise<CliVendor>;
}

interface Part {
  readonly text?: string;
}

const textOf = (content: string | readonly Part[] | undefined): string => (typeof content === 'string' ? content : (content ?? []).map(({ text }) => text ?? '').join(''));
const wordsOf = (count: number): string[] => Array.from({ length: count }, (_, index) => `w${index + 1} `);
/** An environment of a user who has nothing but the CLI. */
const PATH = `${process.execPath.slice(0, process.execPath.lastIndexOf('/'))}:/usr/bin:/bin`;

async function anthropic(bin: string): Promise<CliVendor> {
  const mock = await startMock({ strict: true });
  return {
    environment: { PATH, SHELLM_CLAUDE_BIN: bin, ANTHROPIC_BASE_URL: mock.url, ANTHROPIC_API_KEY: 'sk-ant-api03-test' },
    say: (prompt, { text, words, intervalMs, status, usage }) =>
      `${prompt} @@mock ${JSON.stringify({ text, words, delay: intervalMs, status, usage: usage && { input_tokens: usage.input, output_tokens: usage.output, cache_read_input_tokens: 0, cache_creation_input_tokens: 0 } })} @@`,
    calls: () =>
      mock.requests
        .filter(({ path }) => path.startsWith('/v1/messages'))
        .map(({ bytes, body, abortedAt }) => ({
          bytes,
          tools: body.tools?.length ?? 0,
          text: JSON.stringify(body),
          turns: body.messages.filter(({ role }) => role !== 'system').map(({ role, content }) => [role as 'user' | 'assistant', textOf(content)] as const),
          closed: abortedAt !== undefined,
        })),
    forget: () => {
      mock.requests.length = 0;
    },
    close: () => mock.close(),
  };
}

async function google(bin: string): Promise<CliVendor> {
  const mock = await startMockGemini();
  return {
    environment: { PATH, SHELLM_GEMINI_BIN: bin, GOOGLE_GEMINI_BASE_URL: mock.url, GEMINI_API_KEY: 'gemini-test-key' },
    say: (prompt, { text, words, intervalMs, status, usage }) =>
      `${prompt} [[mock:${JSON.stringify({ text, chunks: words === undefined ? undefined : wordsOf(words), intervalMs, status, usage: usage && { prompt: usage.input, output: usage.output } })}]]`,
    calls: () =>
      mock.requests
        .filter(({ path }) => path.includes('enerateContent'))
        .map(({ bytes, body, aborted }) => ({
          bytes,
          tools: (body.tools ?? []).reduce((sum, { functionDeclarations = [] }) => sum + functionDeclarations.length, 0),
          text: JSON.stringify(body),
          turns: body.contents.map(({ role, parts }) => [role === 'model' ? 'assistant' : 'user', textOf(parts)] as const),
          closed: aborted === true,
        })),
    forget: () => {
      mock.requests.length = 0;
    },
    close: () => mock.close(),
  };
}

async function openai(bin: string): Promise<CliVendor> {
  const mock = await startMockOpenAI();
  return {
    environment: { PATH, SHELLM_CODEX_BIN: bin, CODEX_API_KEY: 'sk-codex-test', SHELLM_CODEX_CONFIG: JSON.stringify({ openai_base_url: `${mock.url}/v1` }) },
    say: (prompt, { text, words, intervalMs, status, usage }) =>
      `${prompt} [[mock:${JSON.stringify({ text, chunks: words === undefined ? undefined : wordsOf(words), intervalMs, status, usage })}]]`,
    calls: () =>
      mock.requests
        .filter(({ path }) => path.endsWith('/responses'))
        .map(({ bytes, body, aborted }) => ({
          bytes,
          tools: body.tools?.length ?? 0,
          text: JSON.stringify(body),
          turns: body.input.flatMap(({ role, content }) => (role === 'user' || role === 'assistant' ? [[role, textOf(content)] as const] : [])),
          closed: aborted === true,
        })),
    forget: () => {
      mock.requests.length = 0;
    },
    close: () => mock.close(),
  };
}

const starters: Readonly<Record<CliName, (bin: string) => Promise<CliVendor>>> = { claude: anthropic, gemini: google, codex: openai };

/** The CLIs that are here. */
export const installedClis: readonly InstalledCli[] = (Object.keys(starters) as CliName[]).flatMap((id) => {
  const bin = findInstalledCli(id);
  return bin === undefined ? [] : [{ id, start: () => starters[id](bin) }];
});
