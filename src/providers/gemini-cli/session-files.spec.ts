import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stateIn } from './gemini-home.js';
import { readTokens, sessionFileEnd, sessionFileName } from './session-file.js';
import { SessionFiles } from './session-files.js';

const id = '3f2b8c1e-9d4a-4c57-8e21-6a0f5b7d1c93';
const tokens = { input: 50, output: 3, cached: 40, thoughts: 9 };
const answer = JSON.stringify({ id: 'm', type: 'gemini', content: 'said', tokens });

describe(SessionFiles.name, () => {
  let folder: string;
  let at: { work: string; tmp: string };
  let chats: string;
  let files: SessionFiles;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'gemini-'));
    at = { work: join(folder, 'work'), tmp: join(folder, 'tmp') };
    chats = join(stateIn(at.tmp), 'tmp/work-1/chats');
    mkdirSync(chats, { recursive: true });
    files = new SessionFiles(at);
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });
  const tell = (content: unknown): void => {
    writeFileSync(join(stateIn(at.tmp), 'projects.json'), typeof content === 'string' ? content : JSON.stringify(content));
  };
  const tellProject = (name: unknown): void => {
    tell({ projects: { '/elsewhere': 'other', [at.work]: name } });
  };
  const put = (name: string, content = 'x', where = chats): string => {
    writeFileSync(join(where, name), content);
    return name;
  };

  it('writes a conversation where the CLI looks for it, for nobody else to read', async () => {
    tellProject('work-1');
    const written = await files.write([{ role: 'user', parts: [{ text: 'q' }] }], 'gemini-x');
    expect(readdirSync(chats)).toEqual([sessionFileName(written)]);
    expect(statSync(join(chats, sessionFileName(written))).mode & 0o777).toBe(0o600);
    expect(readFileSync(join(chats, sessionFileName(written)), 'utf8')).toContain(`"sessionId":"${written}"`);
    expect(await files.write([], 'gemini-x')).not.toBe(written);
  });

  it('writes nothing while the CLI does not tell where its chats are, and asks again', async () => {
    await expect(files.write([], 'm')).rejects.toThrow('ENOENT');
    tellProject('work-1');
    await expect(files.write([], 'm')).resolves.toEqual(expect.any(String));
  });

  it.each(['../../../etc', 'work-1/../work-1', '/etc', '..', '.', '', 'a b', 'work-1\n', 'work\0'])('takes no folder from the name %j', async (name) => {
    tellProject(name);
    await expect(files.write([], 'm')).rejects.toThrow('does not tell');
    put(`session-x${sessionFileEnd(id)}`);
    await files.remove(id);
    expect([readdirSync(chats), await files.tokens(id)]).toEqual([[`session-x${sessionFileEnd(id)}`], []]);
  });

  it.each(['{', 'null', '[]', '{}', '{"projects":null}', '{"projects":{}}', '{"projects":"work-1"}'])('takes %s for no list of projects', async (content) => {
    tell(content);
    await expect(files.write([], 'm')).rejects.toThrow();
    await expect(files.remove(id)).resolves.toBeUndefined();
  });

  it.each([5, null, ['work-1'], { toString: 'work-1' }])('takes %j for no name', async (name) => {
    tellProject(name);
    await expect(files.write([], 'm')).rejects.toThrow();
  });

  it('cannot write where the folder is gone', async () => {
    tellProject('work-1');
    rmSync(chats, { recursive: true });
    await expect(files.write([], 'm')).rejects.toThrow('ENOENT');
    await expect(files.remove(id)).resolves.toBeUndefined();
    await expect(files.tokens(id)).resolves.toEqual([]);
  });

  it("removes what belongs to a chat, the CLI's own file of it too, and nothing else", async () => {
    tellProject('work-1');
    const written = await files.write([], 'm');
    put(`session-2026-11-25T10-00${sessionFileEnd(written)}`);
    const others = [put('session-2026-11-25T10-00-00000000.jsonl'), put(`session-2026-11-25T10-00${sessionFileEnd(written)}.bak`), put('notes.txt')];
    mkdirSync(join(chats, `folder${sessionFileEnd(written)}`));
    symlinkSync(join(folder, 'nowhere'), join(chats, `link${sessionFileEnd(written)}`));
    await files.remove(written);
    expect(readdirSync(chats).sort()).toEqual([...others, `folder${sessionFileEnd(written)}`, `link${sessionFileEnd(written)}`].sort());
  });

  it('removes the requests that failed, and nothing else', async () => {
    const others = [put('other.json', 'x', at.tmp), put('a-gemini-client-error-1.json', 'x', at.tmp)];
    put('gemini-client-error-Turn.run-sendMessageStream-2026-11-25T18-21-58-348Z.json', 'a prompt', at.tmp);
    mkdirSync(join(at.tmp, 'gemini-client-error-folder'));
    await files.removeDumps();
    expect(readdirSync(at.tmp).sort()).toEqual([...others, 'gemini-client-error-folder', 'home'].sort());
    rmSync(at.tmp, { recursive: true });
    await expect(files.removeDumps()).resolves.toBeUndefined();
  });

  it('finds the tokens of a chat at the end of a long file, in whichever of its files they are, and of no other chat', async () => {
    tellProject('work-1');
    put(sessionFileName(id), `${'ä'.repeat(2 * 1024 ** 2)}\n${answer}\n`);
    put(`session-2026-01-01T00-00${sessionFileEnd(id)}`, '{}\n');
    expect([await files.tokens(id), await files.tokens('00000000-9d4a')]).toEqual([[{ id: 'm', ...tokens }], []]);
  });

  it('does not read a long file from its beginning', async () => {
    tellProject('work-1');
    const text = `${answer}\n${' '.repeat(2 * 1024 ** 2)}`;
    put(sessionFileName(id), text);
    expect([readTokens(text), await files.tokens(id)]).toEqual([[{ id: 'm', ...tokens }], []]);
  });
});
