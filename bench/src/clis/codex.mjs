// Codex CLI by hand: JSON-RPC over stdin (`codex app-server`), a lean thread made ahead.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startMockOpenAI } from '../../../test/support/mock-openai.mjs';
import { now } from '../client.mjs';
import { rpc } from './lines.mjs';

const off = (names) => Object.fromEntries(names.map((name) => [name, false]));
const lean = {
  web_search: 'disabled', project_doc_max_bytes: 0, include_permissions_instructions: false, include_environment_context: false, include_apps_instructions: false,
  include_collaboration_mode_instructions: false, skills: { include_instructions: false, bundled: { enabled: false } }, agents: { enabled: false },
  tools: { experimental_request_user_input: { enabled: false }, update_plan: { enabled: false } },
  features: off(['shell_tool', 'unified_exec', 'apps', 'goals', 'view_image', 'tool_suggest', 'plugins', 'hooks', 'image_generation', 'multi_agent', 'browser_use', 'computer_use', 'sleep_tool',
    'code_mode_host', 'in_app_browser', 'skill_search', 'shell_snapshot', 'remote_plugin', 'workspace_dependencies', 'unbounded_connection_retries', 'enable_request_compression']),
};
const MODEL = 'gpt-5.5';

/** The models as the CLI knows them, without the tools and prompts that come with them. */
function catalogue(bin, env) {
  const known = JSON.parse(execFileSync(bin, ['debug', 'models'], { env, maxBuffer: 32 * 2 ** 20 }));
  for (const model of known.models) {
    for (const name of ['apply_patch_tool_type', 'tool_mode', 'multi_agent_version', 'model_messages']) delete model[name];
    Object.assign(model, { experimental_supported_tools: [], supports_search_tool: false, base_instructions: '', include_skills_usage_instructions: false, include_plugin_usage_instructions: false, include_apps_usage_instructions: false, upgrade: null });
  }
  return JSON.stringify(known);
}

export const codex = {
  id: 'codex',
  bin: 'node_modules/@openai/codex-linux-x64/vendor/x86_64-unknown-linux-musl/bin/codex',
  startMock: () => startMockOpenAI(),
  vendor: () => ({ CODEX_API_KEY: 'bench' }),
  gateway: (bin, mock) => ({ SHELLM_CODEX_BIN: bin, SHELLM_CODEX_CONFIG: JSON.stringify({ openai_base_url: `${mock.url}/v1` }) }),
  direct: (mock) => ({
    url: `${mock.url}/v1/responses`,
    headers: { authorization: 'Bearer bench' },
    body: (question) => ({ model: MODEL, stream: true, input: [{ role: 'user', content: [{ type: 'input_text', text: question }] }] }),
    textOf: (event) => (event.type === 'response.output_text.delta' ? event.delta : undefined),
  }),

  byHand({ start, scratch, bin, mock }) {
    const home = join(scratch, 'hand'), folder = mkdtempSync(join(scratch, 'work-')), env = { PATH: process.env.PATH, HOME: home, CODEX_HOME: home, TMPDIR: folder, MOCK_KEY: 'bench' };
    mkdirSync(home, { recursive: true });
    if (!existsSync(join(home, 'config.toml'))) {
      writeFileSync(join(home, 'config.toml'), [
        'check_for_update_on_startup = false', `model = "${MODEL}"`, 'model_provider = "mock"', '[analytics]', 'enabled = false', '[feedback]', 'enabled = false', '[model_providers.mock]', 'name = "mock"',
        `base_url = "${mock.url}/v1"`, 'env_key = "MOCK_KEY"', 'wire_api = "responses"', 'request_max_retries = 0', 'stream_max_retries = 0',
      ].join('\n'));
      writeFileSync(join(home, 'catalog.json'), catalogue(bin, env));
    }
    const child = start(bin, ['app-server', '-c', `model_catalog_json="${join(home, 'catalog.json')}"`], { cwd: folder, env, stdio: ['pipe', 'pipe', 'ignore'] });
    const { request, notify, onNotification } = rpc(child);
    const opened = request('initialize', { clientInfo: { name: 'bench', title: 'Bench', version: '1' }, capabilities: { experimentalApi: true, requestAttestation: false } }).then(() => {
      notify('initialized');
      return request('thread/start', { model: MODEL, cwd: folder, approvalPolicy: 'never', sandbox: 'read-only', ephemeral: true, environments: [], config: lean });
    });
    opened.catch(() => undefined);
    return {
      ready: () => opened,
      ask: async (content) => {
        const began = now();
        let took;
        const over = new Promise((done, fail) => onNotification((method, params) => {
          if (method === 'item/agentMessage/delta') took ??= now() - began;
          if (method === 'turn/completed') params.turn.status === 'completed' ? done() : fail(new Error(JSON.stringify(params.turn.error)));
        }));
        const { thread } = await opened;
        await request('turn/start', { threadId: thread.id, input: [{ type: 'text', text: content }] });
        await over;
        if (took === undefined) throw new Error('no text');
        return took;
      },
      end: () => child.kill('SIGKILL'),
    };
  },
};
