import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type ChatCompletion, type ChatCompletionMessageParam } from 'openai/resources/chat/completions';
import { AgentHarness } from './fake-cli/acp-agents.js';
import { callsOf, messageOf, resultOf, weatherTools as tools } from './support/function-calls.js';
import { findInstalledCli } from './support/installed-cli.js';
import { startMockGemini } from './support/mock-gemini.mjs';
import { processesOf } from './support/processes.js';

const bin = findInstalledCli('gemini');
const withCli = bin === undefined ? describe.skip : describe;
const call = (name: string, args: object): object => ({ name: `mcp_client_${name}`, args });
const say = (prompt: string, directive: object): ChatCompletionMessageParam => ({ role: 'user', content: `${prompt} [[mock:${JSON.stringify(directive)}]]` });

/** As an operator may configure it: with its own tools, about which it asks. */
withCli('functions on a real agent that asks before it acts: Gemini CLI over ACP', () => {
  jest.setTimeout(90_000);
  let vendor: Awaited<ReturnType<typeof startMockGemini>>;
  let home: string;
  let at: AgentHarness;
  const ask = (messages: ChatCompletionMessageParam[]): Promise<ChatCompletion> => at.client.chat.completions.create({ model: 'acp/gem', messages, tools });
  const asked = (): string[] => vendor.requests.filter(({ path }) => path.includes('streamGenerateContent')).map(({ body }) => JSON.stringify(body));

  beforeAll(async () => {
    vendor = await startMockGemini();
    home = await mkdtemp(join(tmpdir(), 'gem-'));
    await mkdir(join(home, '.gemini'));
    const settings = {
      general: { enableAutoUpdate: false, maxAttempts: 1, topicUpdateNarration: false },
      experimental: { topicUpdateNarration: false },
      privacy: { usageStatisticsEnabled: false },
      security: { auth: { selectedType: 'gemini-api-key' }, folderTrust: { enabled: false } },
      model: { skipNextSpeakerCheck: true },
    };
    await writeFile(join(home, '.gemini/settings.json'), JSON.stringify(settings));
    const env = { PATH: `${dirname(process.execPath)}:/usr/bin:/bin`, HOME: home, GEMINI_API_KEY: 'x', GOOGLE_GEMINI_BASE_URL: vendor.url, GEMINI_CLI_NO_RELAUNCH: 'true' };
    at = await AgentHarness.start({ gem: { command: bin!, args: ['--acp', '-m', 'gemini-3.8-flash', '-e', 'none'], env, initTimeoutMs: 30_000 } });
    // Its first answer tells which models it has; a conversation goes by the name of its model.
    await ask([say('hello', { text: 'Hello.' })]);
    vendor.requests.length = 0;
  });
  afterAll(async () => {
    const { dataDir } = at.gateway;
    await at.gateway.close();
    await vendor.close();
    expect(processesOf(dataDir)).toEqual([]);
    await rm(home, { recursive: true, force: true });
  });

  it("is allowed the client's functions, which are held for their results", async () => {
    const messages = [say('both?', { tool: [call('get_weather', { city: 'Oslo' }), call('get_time', { zone: 'CET' })] })];
    const first = await ask(messages);
    expect([first.choices[0]?.finish_reason, callsOf(first).map(({ name }) => name)]).toEqual(['tool_calls', ['get_weather']]);
    expect(callsOf(first)[0]!.arguments).toMatchObject({ city: 'Oslo' });
    messages.push(messageOf(first), resultOf(callsOf(first)[0]!.id, 'minus three'));
    const second = await ask(messages);
    expect(callsOf(second).map(({ name }) => name)).toEqual(['get_time']);
    messages.push(messageOf(second), resultOf(callsOf(second)[0]!.id, 'noon'));
    const told = await ask(messages);
    expect([told.choices[0]?.finish_reason, messageOf(told).content]).toEqual(['stop', expect.stringContaining('noon')]);
    expect(asked()).toHaveLength(2);
    expect(asked()[1]).toContain('minus three');
  });

  it('is refused its own tools, also one that is called like a function', async () => {
    const file = join(home, 'touched');
    for (const command of [`touch ${file}`, `mcp_client_get_weather || touch ${file}`]) {
      const answer = await ask([say('run it', { tool: { name: 'run_shell_command', args: { command } } })]);
      expect(existsSync(file)).toBe(false);
      expect(callsOf(answer)).toEqual([]);
    }
  });
});
