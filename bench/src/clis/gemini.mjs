// Gemini CLI by hand: the Agent Client Protocol over stdin, a lean home, a session made ahead.
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startMockGemini } from '../../../test/support/mock-gemini.mjs';
import { now } from '../client.mjs';
import { rpc } from './lines.mjs';

const settings = {
  general: { enableAutoUpdate: false, plan: { enabled: false }, topicUpdateNarration: false, maxAttempts: 1, retryFetchErrors: false },
  privacy: { usageStatisticsEnabled: false }, telemetry: { enabled: false }, security: { auth: { selectedType: 'gemini-api-key' }, folderTrust: { enabled: false } },
  tools: { core: ['none'] }, useWriteTodos: false, skills: { enabled: false }, hooksConfig: { enabled: false }, experimental: { enableAgents: false },
  context: { fileName: 'NO_SUCH_FILE.md', includeDirectoryTree: false, discoveryMaxDirs: 0 }, model: { skipNextSpeakerCheck: true, disableLoopDetection: true }, ide: { enabled: false },
};
const MODEL = 'gemini-2.5-flash';

export const gemini = {
  id: 'gemini',
  bin: 'node_modules/@google/gemini-cli/bundle/gemini.js',
  startMock: () => startMockGemini(),
  vendor: (mock) => ({ GOOGLE_GEMINI_BASE_URL: mock.url, GEMINI_API_KEY: 'bench' }),
  gateway: (bin) => ({ SHELLM_GEMINI_BIN: bin }),
  direct: (mock) => ({
    url: `${mock.url}/v1beta/models/${MODEL}:streamGenerateContent?alt=sse`,
    headers: {},
    body: (question) => ({ contents: [{ role: 'user', parts: [{ text: question }] }] }),
    textOf: (event) => event.candidates?.[0]?.content?.parts?.[0]?.text,
  }),

  byHand({ start, scratch, bin, vendor }) {
    const home = join(scratch, 'hand'), folder = mkdtempSync(join(scratch, 'work-'));
    mkdirSync(join(home, '.gemini'), { recursive: true });
    writeFileSync(join(home, '.gemini/settings.json'), JSON.stringify(settings));
    writeFileSync(join(home, 'system.md'), 'You are a helpful assistant.');
    const env = { PATH: process.env.PATH, HOME: home, TMPDIR: folder, ...vendor, GEMINI_SYSTEM_MD: join(home, 'system.md'), GEMINI_CLI_TRUST_WORKSPACE: 'true', GEMINI_TELEMETRY_ENABLED: 'false', GEMINI_CLI_NO_RELAUNCH: 'true' };
    const child = start(process.execPath, [bin, '--acp', '-m', MODEL, '-e', 'none'], { cwd: folder, env, stdio: ['pipe', 'pipe', 'ignore'] });
    const { request, onNotification } = rpc(child, { jsonrpc: '2.0' });
    const opened = request('initialize', { protocolVersion: 1, clientCapabilities: {} }).then(() => request('session/new', { cwd: folder, mcpServers: [] }));
    opened.catch(() => undefined);
    return {
      ready: () => opened,
      ask: async (content) => {
        const began = now();
        let took;
        onNotification((method, { update }) => { if (update?.sessionUpdate === 'agent_message_chunk') took ??= now() - began; });
        const { sessionId } = await opened;
        await request('session/prompt', { sessionId, prompt: [{ type: 'text', text: content }] });
        if (took === undefined) throw new Error('no text');
        return took;
      },
      end: () => child.kill('SIGKILL'),
    };
  },
};
