import { describe, expect, it } from '@jest/globals';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stateIn } from './gemini-home.js';
import { mapUsage } from './map-usage.js';
import { readTokens } from './session-file.js';
import { SessionFiles } from './session-files.js';

const tokens = { input: 50, output: 3, cached: 40, thoughts: 9 };
const noted = (more: object): string => JSON.stringify({ id: 'm', type: 'gemini', content: 'said', tokens: { ...tokens, tool: 0, total: 62, ...more } });

describe(mapUsage.name, () => {
  it('takes what was cached and thought from the notes of the same turn', () => {
    expect(mapUsage({ inputTokens: 50, outputTokens: 3 }, tokens)).toEqual({ inputTokens: 50, outputTokens: 12, cachedInputTokens: 40, reasoningTokens: 9 });
  });

  it.each([undefined, { ...tokens, input: 51 }, { ...tokens, output: 4 }])('keeps what was told beside %j', (other) => {
    expect(mapUsage({ inputTokens: 50, outputTokens: 3 }, other)).toEqual({ inputTokens: 50, outputTokens: 3 });
  });

  it('makes up nothing', () => {
    expect(mapUsage(undefined, tokens)).toBeUndefined();
  });
});

describe(readTokens.name, () => {
  it.each<[string, string[]]>([
    ['the last of several', [noted({ input: 7 }), noted({}), '{"$set":{"lastUpdated":"2026-01-01"}}', '']],
    ['behind half a line', ['put":1,"tokens":{}', noted({})]],
    ['before words about tokens', [noted({}), '{"type":"user","content":"\\"tokens\\""}', '{"type":"gemini","tokens":null}']],
  ])('finds them: %s', (_, lines) => {
    expect(readTokens(lines.join('\n'))).toEqual(tokens);
  });

  it.each([
    '',
    '{"type":"gemini","tokens":null}',
    '{"type":"user","tokens":{"input":1,"output":1,"cached":0,"thoughts":0}}',
    noted({ cached: -1 }),
    noted({ thoughts: 'many' }),
    '[1,"tokens"]',
    'null"tokens"',
  ])('finds none in %j', (text) => {
    expect(readTokens(text)).toBeUndefined();
  });
});

describe('the notes of a chat', () => {
  it('are found at the end of a long file, and of no other chat', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'gemini-'));
    const at = { work: join(folder, 'work'), tmp: join(folder, 'tmp') };
    const chats = join(stateIn(at.tmp), 'tmp/work/chats');
    mkdirSync(chats, { recursive: true });
    writeFileSync(join(stateIn(at.tmp), 'projects.json'), JSON.stringify({ projects: { [at.work]: 'work' } }));
    writeFileSync(join(chats, 'session-2020-01-01T00-00-3f2b8c1e.jsonl'), `${'ä'.repeat(2 * 1024 ** 2)}\n${noted({})}\n`);
    writeFileSync(join(chats, 'session-2026-01-01T00-00-3f2b8c1e.jsonl'), '{}\n');
    const files = new SessionFiles(at);
    expect([await files.tokens('3f2b8c1e-9d4a'), await files.tokens('00000000-9d4a')]).toEqual([tokens, undefined]);
    rmSync(folder, { recursive: true });
    expect(await files.tokens('3f2b8c1e-9d4a')).toBeUndefined();
  });
});
