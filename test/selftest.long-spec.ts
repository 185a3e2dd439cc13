import { describe, expect, it } from '@jest/globals';
import { cpSync, existsSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { processesOf } from './support/processes.js';
import { endOf, leftIn, project, startSelftest } from './support/selftest.js';

describe('shellm selftest', () => {
  it('is content with a gateway that is honest, and says what it saw', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'selftest-'));
    const { code, stdout, stderr } = await endOf(startSelftest(folder));
    expect([code, stdout.split('\n').filter((line) => line.includes('✗')), stderr]).toEqual([0, [], 'Playing what can go wrong …\n']);
    expect(stdout).toMatch(/^a CLI +claude +codex +gemini +acp\/fake +demo$/m);
    expect(stdout).toMatch(/^no-end( +✓ cli_failed){5}$/m);
    expect(stdout).toMatch(/^status-500 +✓ upstream_error$/m);
    expect(stdout).toContain('✓ left behind: no turn slot, no process, no file');
    expect(stdout).toContain('demo: ready');
    expect(stdout).toMatch(/turns in [\d.]+ s: every one ended as it has to\.\n$/);
    expect([leftIn(folder), processesOf(folder)]).toEqual([[], []]);
    expect(existsSync(join(folder, '.local'))).toBe(false);
    await rm(folder, { recursive: true, force: true });
  }, 120_000);

  it('fails where a CLI says that half an answer is a whole one', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'selftest-'));
    const fakes = join(folder, 'fakes');
    cpSync(join(project, 'selftest'), fakes, { recursive: true });
    const claude = `#!/usr/bin/env node
import { createInterface } from 'node:readline';
const say = (message) => process.stdout.write(JSON.stringify(message) + '\\n');
const event = (event) => say({ type: 'stream_event', event, parent_tool_use_id: null });
const [first] = process.argv.slice(2);
if (first === '--version') console.log('2.1.330 (Claude Code)');
else if (first === 'auth') console.log('{"loggedIn":true,"authMethod":"claude.ai"}');
else
  createInterface({ input: process.stdin }).on('line', (line) => {
    const message = JSON.parse(line);
    if (message.type === 'control_request') say({ type: 'control_response', response: { subtype: 'success', request_id: message.request_id, response: {} } });
    if (message.type !== 'user' || message.shouldQuery === false) return;
    const text = line.includes('[[fault none]]') ? 'half an answer and the rest' : 'half an answer';
    event({ type: 'message_start', message: { id: 'm', model: 'claude-fake', usage: { input_tokens: 5 } } });
    event({ type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } });
    event({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text } });
    event({ type: 'content_block_stop', index: 0 });
    event({ type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: { input_tokens: 5, output_tokens: 3 } });
    event({ type: 'message_stop' });
    say({ type: 'result', subtype: 'success', is_error: false, num_turns: 1, result: text, usage: { input_tokens: 5, output_tokens: 3 } });
  });
`;
    writeFileSync(join(fakes, 'fake-claude.mjs'), claude);
    const { code, stdout } = await endOf(startSelftest(folder, '--json', '--fakes', fakes));
    const {
      ok,
      turns,
      left: leftovers,
    } = JSON.parse(stdout) as { ok: boolean; turns: { provider: string; fault: string; ended: string; ok: boolean; complaint?: string }[]; left: object };
    expect([code, ok, leftovers]).toEqual([1, false, { slots: 0, processes: 0, files: 0 }]);
    // On a machine that is very busy the clock may end a turn of another.
    const wrong = turns.filter((turn) => !turn.ok && turn.ended !== 'timeout');
    expect(new Set(wrong.map(({ provider, ended: as }) => `${provider} ${as}`))).toEqual(new Set(['claude answer']));
    expect(wrong.map(({ fault }) => fault)).toEqual(expect.arrayContaining(['no-end', 'killed-mid-line', 'limited']));
    expect(wrong.map(({ fault }) => fault)).not.toContain('none');
    expect([leftIn(folder), processesOf(folder)]).toEqual([[], []]);
    await rm(folder, { recursive: true, force: true });
  }, 120_000);
});
