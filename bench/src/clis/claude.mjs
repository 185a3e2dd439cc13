// Claude Code by hand: stream-json over stdin, as the provider does it.
import { mkdirSync, mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { startMock } from '../../../test/support/mock-anthropic.mjs';
import { now } from '../client.mjs';
import { speaker } from './lines.mjs';

const switches = {
  CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
  DISABLE_TELEMETRY: '1',
  DISABLE_AUTOUPDATER: '1',
  CLAUDE_CODE_DISABLE_ATTACHMENTS: '1',
  CLAUDE_CODE_DISABLE_FILE_MENTIONS: '1',
  CLAUDE_CODE_DISABLE_CLAUDE_MDS: '1',
  CLAUDE_CODE_DISABLE_AUTO_MEMORY: '1',
  CLAUDE_CODE_DISABLE_BACKGROUND_TASKS: '1',
  DISABLE_AUTO_COMPACT: '1',
  ENABLE_TOOL_SEARCH: 'false',
  CLAUDE_AGENT_SDK_MCP_NO_PREFIX: '1',
  CLAUDE_CODE_MAX_MCP_DESCRIPTION_LENGTH: '1000000',
  CLAUDE_CODE_MAX_RETRIES: '2',
  CLAUDE_CODE_DISABLE_NONSTREAMING_FALLBACK: '1',
};
const flags = [
  '-p',
  '--input-format',
  'stream-json',
  '--output-format',
  'stream-json',
  '--verbose',
  '--include-partial-messages',
  '--model',
  'sonnet',
  '--system-prompt',
  '',
  '--tools',
  '',
  '--setting-sources',
  '',
  '--strict-mcp-config',
  '--disable-slash-commands',
  '--no-session-persistence',
  '--permission-mode',
  'dontAsk',
  '--allowedTools',
  'mcp__shellm',
  '--thinking-display',
  'summarized',
];

export const claude = {
  id: 'claude',
  bin: 'node_modules/@anthropic-ai/claude-code/bin/claude.exe',
  startMock: () => startMock({ strict: true }),
  vendor: (mock) => ({ ANTHROPIC_BASE_URL: mock.url, ANTHROPIC_API_KEY: 'sk-ant-bench' }),
  gateway: (bin) => ({ SHELLM_CLAUDE_BIN: bin }),
  direct: (mock) => ({
    url: `${mock.url}/v1/messages`,
    headers: { 'x-api-key': 'k' },
    body: (question) => ({ model: 'claude-sonnet-5-5', max_tokens: 100, stream: true, messages: [{ role: 'user', content: question }] }),
    textOf: (event) => event.delta?.text,
  }),

  byHand({ start, scratch, bin, vendor }) {
    const home = join(scratch, 'hand'),
      folder = mkdtempSync(join(scratch, 'work-'));
    mkdirSync(home, { recursive: true }); // one for all of them, as in the gateway: the CLI sets up an empty one first
    const child = start(bin, flags, { cwd: folder, env: { PATH: process.env.PATH, HOME: home, TMPDIR: folder, ...vendor, ...switches }, stdio: ['pipe', 'pipe', 'ignore'] });
    const { say, onMessage } = speaker(child);
    let first = true;
    return {
      ready: () => Promise.resolve(),
      ask: (content) =>
        new Promise((done, fail) => {
          let took;
          onMessage(({ type, event }) => {
            if (type === 'stream_event' && event.delta?.type === 'text_delta') took ??= now() - began;
            if (type === 'result') took === undefined ? fail(new Error('no text')) : done(took);
          });
          const began = now();
          if (first) say({ type: 'control_request', request_id: 'initialize', request: { subtype: 'initialize', systemPrompt: [] } });
          first = false;
          say({ type: 'user', client_composed: true, message: { role: 'user', content }, parent_tool_use_id: null, session_id: '' });
        }),
      end: () => child.kill('SIGKILL'),
    };
  },
};
