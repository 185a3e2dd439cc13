import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { type ChatBody, chatBody, type FunctionTool } from '../dashboard/src/playground/chat-body.ts';
import { anthropicSnippet } from '../dashboard/src/playground/snippets/anthropic.ts';
import { curlSnippet } from '../dashboard/src/playground/snippets/curl.ts';
import { javascriptSnippet } from '../dashboard/src/playground/snippets/javascript.ts';
import { pythonSnippet } from '../dashboard/src/playground/snippets/python.ts';
import { bootGateway, type Gateway } from './support/boot.js';
import { chunkFrame, MockVendor } from './support/mock-vendor.js';

const key = 'sk-of-the-snippets-spec';
const weather: FunctionTool = {
  type: 'function',
  function: { name: 'get_weather', description: "A city's weather", parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] } },
};
const schema = { type: 'object', properties: { name: { type: 'string' } }, required: ['name'], additionalProperties: false };

/** What the playground can say, and what the shell or a language might trip over. */
const bodies: Readonly<Record<string, ChatBody>> = {
  plain: chatBody({ model: 'gpt-mock', system: '', stream: false }, [{ role: 'user', text: 'It\'s "so": $HOME `ls` \\ %d\nä😀 \u2028' }]),
  streamed: chatBody({ model: 'gpt-mock', system: "You're terse.", stream: true, maxTokens: 50, temperature: 0.5, effort: 'low', schema }, [{ role: 'user', text: 'Hi' }]),
  tools: chatBody({ model: 'gpt-mock', system: '', stream: false, tools: [weather] }, [
    { role: 'user', text: 'Weather?' },
    { role: 'assistant', text: '', calls: [{ id: 'call_1', name: 'get_weather', arguments: '{"city":"Oslo"}' }] },
    { role: 'tool', callId: 'call_1', text: 'rain' },
    { role: 'user', text: 'And now?' },
  ]),
};

describe('the code that the playground shows', () => {
  let gateway: Gateway;
  let vendor: MockVendor;
  beforeAll(async () => {
    vendor = await MockVendor.start();
    gateway = await bootGateway({
      SHELLM_CLIENTS: JSON.stringify({ app: { key } }),
      OPENAI_API_KEY: 'sk-mock',
      OPENAI_BASE_URL: `${vendor.url}/v1`,
    });
    const usage = { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 };
    vendor.answer((response, { body }) => {
      if (!body.includes('"stream":true')) {
        const message = { role: 'assistant', content: 'Mock answer' };
        response.writeHead(200, { 'content-type': 'application/json' });
        response.end(JSON.stringify({ id: 'c', object: 'chat.completion', created: 1, model: 'gpt-mock', choices: [{ index: 0, message, finish_reason: 'stop' }], usage }));
        return;
      }
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.end(
        [...['Mock', ' answer'].map((content) => chunkFrame({ content })), chunkFrame({}, 'stop'), chunkFrame({}, null, { choices: [], usage }), 'data: [DONE]\n\n'].join(''),
      );
    });
  });
  afterAll(async () => {
    await gateway.close();
    await vendor.close();
  });

  /** What the vendor was asked last. */
  const asked = (): unknown => JSON.parse(vendor.requests.at(-1)!.body);

  it.each(Object.keys(bodies))('curl asks for the same: %s', async (name) => {
    const said = await run('sh', ['-s'], `set -e\n${curlSnippet(gateway.url, bodies[name]!).replace('curl ', 'curl -sS --fail ')}`);
    expect(said).toContain('Mock');
    expect(asked()).toEqual(bodies[name]);
  });

  it.each(Object.keys(bodies))('JavaScript asks for the same, and prints the answer: %s', async (name) => {
    expect(await run(process.execPath, ['--input-type=module', '-'], javascriptSnippet(gateway.url, bodies[name]!))).toContain('Mock answer');
    expect(asked()).toEqual(bodies[name]);
  });

  it.each(Object.keys(bodies))('Anthropic asks for the same in its words, and prints the answer: %s', async (name) => {
    const body = bodies[name]!;
    expect(await run(process.execPath, ['--input-type=module', '-'], anthropicSnippet(gateway.url, body)!)).toContain('Mock answer');
    const { messages, tools, response_format: format, reasoning_effort: effort } = asked() as ChatBody;
    expect(messages.map(({ role }) => role)).toEqual(body.messages.map(({ role }) => role));
    expect(messages.at(-1)).toMatchObject(body.messages.at(-1)!);
    expect(tools?.map((tool) => tool.function.parameters)).toEqual(body.tools?.map((tool) => tool.function.parameters));
    expect(format?.json_schema.schema).toEqual(body.response_format?.json_schema.schema);
    expect(effort).toBe(body.reasoning_effort);
  });

  it('is left out for Anthropic where its API cannot say it', () => {
    expect(anthropicSnippet(gateway.url, { ...bodies['plain']!, temperature: 1.5 })).toBeUndefined();
  });

  it('is Python that gives its client the same', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'snippets-'));
    try {
      // In place of the package: it prints what it is given.
      await writeFile(join(folder, 'openai.py'), RECORDER);
      for (const body of Object.values(bodies)) {
        const said = await run('python3', ['-'], pythonSnippet(gateway.url, body), { PYTHONPATH: folder });
        expect(JSON.parse(said.split('\n')[0]!)).toEqual({ base_url: `${gateway.url}/v1`, api_key: key, ...body });
        expect(said).toContain('Mock answer');
      }
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});

const RECORDER = `
import json
from types import SimpleNamespace as Object
def read(value): return json.loads(json.dumps(value), object_hook=lambda found: Object(**found))
class OpenAI:
    def __init__(self, **options):
        self.options = options
        self.chat = self.completions = self
    def create(self, **body):
        print(json.dumps({**self.options, **body}))
        said = {"content": "Mock answer"}
        return [read({"choices": [{"delta": said}]}), read({"choices": []})] if body.get("stream") else read({"choices": [{"message": said}]})
`;

/** What a program that reads its code from stdin prints. @throws with what it said where it fails */
function run(command: string, args: readonly string[], code: string, environment: Record<string, string> = {}): Promise<string> {
  return new Promise((done, failed) => {
    const child = spawn(command, args, {
      cwd: resolve(import.meta.dirname, '..'),
      env: { PATH: process.env['PATH'] ?? '', SHELLM_API_KEY: key, ...environment },
    });
    let said = '';
    const take = (chunk: Buffer): void => {
      said += chunk.toString();
    };
    child.stdout.on('data', take);
    child.stderr.on('data', take);
    child.once('error', failed);
    child.once('close', (status) => {
      if (status === 0) done(said);
      else failed(new Error(said));
    });
    child.stdin.end(code);
  });
}
