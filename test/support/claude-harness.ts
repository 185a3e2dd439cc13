import { ServerSettings } from '../../src/config/server-settings.js';
import { lastValueFrom, tap, toArray } from 'rxjs';
import { CANARY, claudeHome, type ClaudeHome } from './claude-home.js';
import { completionRequest } from './completion-request.js';
import { type MockAnthropic, type RecordedRequest, startMock } from './mock-anthropic.mjs';
import { ConversationAffinity } from '../../src/completion/affinity.js';
import { type CompletionRequest } from '../../src/kernel/completion-request.js';
import { Flow } from '../../src/kernel/flow.js';
import { type ContentPart, type Message } from '../../src/kernel/message.js';
import { type StreamEvent } from '../../src/kernel/stream-event.js';
import { silentLog } from '../../src/observability/log.js';
import { PoolSettings } from '../../src/process-pool/pool-settings.js';
import { ProcessPool } from '../../src/process-pool/process-pool.js';
import { ClaudeCodeProvider } from '../../src/providers/claude-code/claude-code.provider.js';
import { ClaudeCodeSettings } from '../../src/providers/claude-code/settings.js';
import { type Turn } from '../../src/providers/provider.js';
import { ClientSchemas } from '../../src/schema-worker/client-schemas.js';

/** What an answer adds up to. */
export interface Said {
  readonly text: string;
  readonly reasoning: string;
  readonly reason: string | undefined;
  readonly events: readonly StreamEvent[];
}

export interface OpenedProvider {
  readonly pool: ProcessPool;
  readonly claude: ClaudeCodeProvider;
}

export const user = (...parts: (string | ContentPart)[]): Message => ({
  role: 'user',
  content: parts.map((part) => (typeof part === 'string' ? { type: 'text', text: part } : part)),
});
export const assistant = (text: string): Message => ({ role: 'assistant', text, toolCalls: [] });
/** Tells the mock vendor what to answer. */
export const mock = (directive: object): string => `@@mock ${JSON.stringify(directive)} @@`;

/** The provider over the real CLI, a user who has set up a lot for himself, and a vendor that notes what reaches it. */
export class ClaudeHarness {
  readonly #main: OpenedProvider;

  private constructor(
    private readonly bin: string,
    readonly vendor: MockAnthropic,
    readonly surroundings: ClaudeHome,
  ) {
    this.#main = this.open({}, 1);
    this.claude.start();
  }

  static async start(bin: string): Promise<ClaudeHarness> {
    return new ClaudeHarness(bin, await startMock({ strict: true }), claudeHome());
  }

  get pool(): ProcessPool {
    return this.#main.pool;
  }

  get claude(): ClaudeCodeProvider {
    return this.#main.claude;
  }

  /** Another provider, with other variables; its pool is the caller's to drain. */
  open(environment: Record<string, string> = {}, warm = 0): OpenedProvider {
    const pool = new ProcessPool(Object.assign(new PoolSettings(), { maxConcurrent: 4, warm }), this.surroundings.data, silentLog, new ServerSettings());
    const given = {
      PATH: process.env['PATH'],
      HOME: this.surroundings.home,
      ANTHROPIC_BASE_URL: this.vendor.url,
      ANTHROPIC_API_KEY: 'sk-ant-api03-test',
      SHELLM_SECRET: CANARY,
      UNLISTED: CANARY,
    };
    const settings = Object.assign(new ClaudeCodeSettings(), { bin: this.bin });
    return { pool, claude: new ClaudeCodeProvider(pool, settings, silentLog, { ...given, ...environment }, new ServerSettings(), new ClientSchemas()) };
  }

  async close(): Promise<void> {
    await this.pool.drain();
    await this.vendor.close();
    this.surroundings.remove();
  }

  turn(messages: readonly Message[], more: Partial<CompletionRequest> = {}, model = 'sonnet'): Turn & { readonly affinity: ConversationAffinity } {
    const request = completionRequest(messages, more);
    return { request, model, owner: 'spec', flow: new Flow(), affinity: new ConversationAffinity('spec', { provider: 'claude', model }, request) };
  }

  async ask(messages: string | readonly Message[], more: Partial<CompletionRequest> = {}, model?: string, by = this.claude): Promise<Said> {
    const turn = this.turn(typeof messages === 'string' ? [user(messages)] : messages, more, model);
    const observed = tap((event: StreamEvent) => {
      turn.affinity.observe(event);
    });
    return sum(await lastValueFrom(by.stream(turn).pipe(observed, toArray())));
  }

  /** What reached the vendor. */
  get calls(): readonly RecordedRequest[] {
    return this.vendor.requests.filter(({ path }) => path.startsWith('/v1/messages'));
  }
}

/** The client's turns of a call, as role and content. */
export function turnsOf(call: RecordedRequest | undefined): [string, unknown][] {
  return (call?.body.messages ?? []).filter(({ role }) => role !== 'system').map(({ role, content }) => [role, plain(content)]);
}

/** A turn's content without cache marks; a text alone as a text: the CLI uses either form. */
function plain(content: string | readonly Record<string, unknown>[]): unknown {
  if (typeof content === 'string') return content;
  const blocks = content.map((block) => Object.fromEntries(Object.entries(block).filter(([name]) => name !== 'cache_control')));
  return blocks.length === 1 && blocks[0]?.['type'] === 'text' ? blocks[0]['text'] : blocks;
}

function sum(events: readonly StreamEvent[]): Said {
  const joined = (type: string): string => events.map((event) => (event.type === type && 'text' in event ? event.text : '')).join('');
  const end = events.at(-1);
  return { text: joined('text-delta'), reasoning: joined('reasoning-delta'), reason: end?.type === 'stream-end' ? end.reason : undefined, events };
}
