import { randomUUID } from 'node:crypto';
import { type Dirent } from 'node:fs';
import { open, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { stateIn } from './gemini-home.js';
import { encodeSessionFile, type HistoryTurn, readTokens, type RecordedTokens, sessionFileEnd, sessionFileName } from './session-file.js';
import { type Owner, writeFor } from '../../process-pool/owned-files.js';
import { type ChildFolder } from '../../process-pool/run-folder.js';

/** How much of a file's end can hold the last answers. */
const TAIL_BYTES = 1024 ** 2;

/** What a process writes of its chats. All of it goes with the process; what was said goes as soon as it was answered. */
export class SessionFiles {
  #chats: Promise<string> | undefined;

  constructor(private readonly folder: Pick<ChildFolder, 'work' | 'tmp'> & { readonly owner?: Owner | undefined }) {}

  /** Writes a conversation as though it had been held. Resolves with its id. @throws where the CLI's files are not what they were */
  async write(history: readonly HistoryTurn[], model: string): Promise<string> {
    const id = randomUUID();
    await writeFor(this.folder, join(await this.#folderOfChats(), sessionFileName(id)), encodeSessionFile(id, this.folder.work, history, model));
    return id;
  }

  /** What the vendor's answers in a chat have cost, by the CLI's own notes; none where they do not tell. Never rejects. */
  async tokens(id: string): Promise<readonly RecordedTokens[]> {
    try {
      const chats = await this.#folderOfChats();
      const files = (await readdir(chats)).filter((name) => name.endsWith(sessionFileEnd(id)));
      const found = await Promise.all(files.map(async (name) => readTokens(await tail(join(chats, name)))));
      return found.flat();
    } catch {
      return [];
    }
  }

  /** Removes what the CLI has written of a chat. Never rejects. */
  async remove(id: string): Promise<void> {
    const chats = await this.#folderOfChats().catch(() => undefined);
    await this.#removeAll(chats, (name) => name.endsWith(sessionFileEnd(id)));
    // Long results of functions, which it takes out of a chat that grows.
    if (chats !== undefined) await rm(join(chats, '../tool-outputs', `session-${id}`), { recursive: true, force: true }).catch(() => undefined);
  }

  /** Removes the whole requests that the CLI writes down when one fails. Never rejects. */
  async removeDumps(): Promise<void> {
    await this.#removeAll(this.folder.tmp, (name) => name.startsWith('gemini-client-error-'));
  }

  async #removeAll(folder: string | undefined, belongs: (name: string) => boolean): Promise<void> {
    if (folder === undefined) return;
    const entries = await readdir(folder, { withFileTypes: true }).catch((): Dirent[] => []);
    await Promise.all(entries.filter((entry) => entry.isFile() && belongs(entry.name)).map(({ name }) => rm(join(folder, name), { force: true }).catch(() => undefined)));
  }

  /** The CLI chooses a name for the folder that it works in, and notes it. */
  #folderOfChats(): Promise<string> {
    this.#chats ??= this.#findChats().catch((error: unknown) => {
      this.#chats = undefined;
      throw error;
    });
    return this.#chats;
  }

  async #findChats(): Promise<string> {
    const state = stateIn(this.folder.tmp);
    const { projects } = JSON.parse(await readFile(join(state, 'projects.json'), 'utf8')) as { readonly projects?: Readonly<Record<string, string>> };
    const name = projects?.[this.folder.work];
    if (name === undefined || !/^[\w-]+$/.test(name)) throw new Error('the CLI does not tell where it keeps its chats');
    return join(state, 'tmp', name, 'chats');
  }
}

async function tail(path: string): Promise<string> {
  const file = await open(path);
  try {
    const { size } = await file.stat();
    const { buffer, bytesRead } = await file.read({ buffer: Buffer.alloc(Math.min(size, TAIL_BYTES)), position: Math.max(0, size - TAIL_BYTES) });
    return buffer.toString('utf8', 0, bytesRead);
  } finally {
    await file.close();
  }
}
