import { chmodSync, lstatSync, mkdirSync, readFileSync, readlinkSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';

/**
 * The CLI's home for the gateway: the login of the user's own home, and nothing else of it. The login stays one file, since the CLI renews it in place, through the
 * link: two copies would log each other out.
 */
export class CodexHome {
  readonly path: string;
  readonly catalogue: string;
  readonly #login: string;

  /** @param userHome the user's `CODEX_HOME`, where it is set; @param home his home folder */
  constructor(dataDir: string, userHome: string | undefined, home: string | undefined) {
    this.path = join(dataDir, 'codex');
    this.catalogue = join(this.path, 'catalogue.json');
    this.#login = resolve(orUnset(userHome) ?? join(orUnset(home) ?? homedir(), '.codex'), 'auth.json');
  }

  /** @param login whether the CLI is to have the login; a key that is billed does not need it; @throws where the data folder does not let it */
  make(login: boolean): void {
    mkdirSync(this.path, { recursive: true, mode: 0o700 });
    chmodSync(this.path, 0o700); // it may have been there
    const link = join(this.path, 'auth.json');
    if (login && linkTarget(link) === this.#login) return;
    rmSync(link, { force: true });
    // It works as soon as the file is there.
    if (login) symlinkSync(this.#login, link);
  }

  /** In one step: a process may be reading it. */
  writeCatalogue(json: string): void {
    const next = `${this.catalogue}.next`;
    writeFileSync(next, json, { mode: 0o600 });
    renameSync(next, this.catalogue);
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
