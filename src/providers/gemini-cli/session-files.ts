import { randomUUID } from 'node:crypto';
import { type Dirent } from 'node:fs';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stateIn } from './gemini-home.js';
import { encodeSessionFile, type HistoryTurn, sessionFileEnd, sessionFileName } from './session-file.js';
import { type ChildFolder } from '../../process-pool/run-folder.js';

/** What a process writes of its chats. All of it goes with the process; what was said goes as soon as it was answered. */
export class SessionFiles {
  #chats: Promise<string> | undefined;

  constructor(private readonly folder: Pick<ChildFolder, 'work' | 'tmp'>) {}

  /** Writes a conversation as though it had been held. Resolves with its id. @throws where the CLI's files are not what they were */
  async write(history: readonly HistoryTurn[], model: string): Promise<string> {
    const id = randomUUID();
    await writeFile(join(await this.#folderOfChats(), sessionFileName(id)), encodeSessionFile(id, this.folder.work, history, model), { mode: 0o600 });
    return id;
  }

  /** Removes what the CLI has written of a chat. Never rejects. */
  async remove(id: string): Promise<void> {
    await this.#removeAll(await this.#folderOfChats().catch(() => undefined), (name) => name.endsWith(sessionFileEnd(id)));
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
