import { chmodSync, lchownSync, lstatSync, mkdirSync, readdirSync, readFileSync, readlinkSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { type Owner } from '../../process-pool/owned-files.js';

const MAX_LOG_BYTES = 32 * 1024 ** 2;

/**
 * The CLI's home for the gateway: the login of the user's own home, and nothing else of it. The login stays one file, since the CLI renews it in place, through the
 * link: two copies would log each other out.
 */
export class CodexHome {
  readonly path: string;
  readonly catalogue: string;
  readonly #login: string;

  /**
   * @param folder where it is to be
   * @param userHome the user's `CODEX_HOME`, where it is set
   * @param home his home folder
   * @param owner whose it is to be, where that is not the gateway's user
   */
  constructor(
    folder: string,
    userHome: string | undefined,
    home: string | undefined,
    private readonly owner?: Owner,
  ) {
    this.path = join(folder, 'codex');
    this.catalogue = join(this.path, 'catalogue.json');
    this.#login = resolve(orUnset(userHome) ?? join(orUnset(home) ?? homedir(), '.codex'), 'auth.json');
  }

  /** @param login whether the CLI is to have the login; a key that is billed does not need it; @throws where the data folder does not let it */
  make(login: boolean): void {
    mkdirSync(this.path, { recursive: true, mode: 0o700 });
    chmodSync(this.path, 0o700); // it may have been there
    if (this.owner) lchownSync(this.path, this.owner.uid, this.owner.gid);
    const link = join(this.path, 'auth.json');
    if (login && linkTarget(link) === this.#login) return;
    rmSync(link, { force: true });
    // It works as soon as the file is there.
    if (login) symlinkSync(this.#login, link);
  }

  /** In one step: a process may be reading it. */
  writeCatalogue(json: string): void {
    const next = `${this.catalogue}.next`;
    rmSync(next, { force: true });
    writeFileSync(next, json, { mode: 0o600, flag: 'wx' }); // no link of the program's is followed
    if (this.owner) lchownSync(next, this.owner.uid, this.owner.gid);
    renameSync(next, this.catalogue);
  }

  /**
   * The CLI logs whatever it does in a database that nobody empties, some 30 kB a turn. Once it is large it goes, when a process starts that makes another; one that
   * still ends its last chats goes on with what it has open.
   */
  trimLogs(): void {
    const logs = readdirSync(this.path)
      .filter((name) => /^logs_.*\.sqlite/.test(name))
      .map((name) => join(this.path, name));
    if (logs.reduce((sum, file) => sum + (lstatSync(file, { throwIfNoEntry: false })?.size ?? 0), 0) < MAX_LOG_BYTES) return;
    for (const file of logs) rmSync(file, { force: true });
  }

  /** Leaves the login and the catalogue alone: the program makes the rest again. */
  tidy(): void {
    for (const name of readdirSync(this.path)) if (name !== 'auth.json' && name !== 'catalogue.json') rmSync(join(this.path, name), { recursive: true, force: true });
  }

  /** Where the user's login file is, whether there is one or not. */
  get loginFile(): string {
    return this.#login;
  }

  /** The user's login file; undefined where there is none. */
  login(): string | undefined {
    try {
      return readFileSync(this.#login, 'utf8');
    } catch {
      return undefined;
    }
  }
}

function linkTarget(path: string): string | undefined {
  try {
    return lstatSync(path).isSymbolicLink() ? readlinkSync(path) : undefined;
  } catch {
    return undefined;
  }
}

/** A variable that is empty counts as none. */
function orUnset(value: string | undefined): string | undefined {
  return value === '' ? undefined : value;
}
