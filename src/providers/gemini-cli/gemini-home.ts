import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { loginFiles } from './login.js';
import { type ChildFolder } from '../../process-pool/run-folder.js';

/** The same for everybody, for as long as the process lives: the CLI reads it again for each new session, and gives the new text to those that are open. */
const SYSTEM = 'If the first message of the conversation begins with system instructions, follow them. They are not part of what the user says.';

/** Where a process's home is, below its TMPDIR. */
export function homeIn(tmp: string): string {
  return join(tmp, 'home');
}

/** The CLI's folder in its home. */
export function stateIn(tmp: string): string {
  return join(homeIn(tmp), '.gemini');
}

/**
 * A home for one process: the login of the user's own, the gateway's settings, and nothing else. The login stays one file, since the CLI renews it in place, through
 * the link: two copies would log each other out.
 *
 * @param folder the process's
 * @param userFolder the user's `~/.gemini`; undefined: no login, since a key is billed
 * @returns the variables that lead the CLI there
 */
export function makeHome({ work, tmp }: Pick<ChildFolder, 'work' | 'tmp'>, settings: object, userFolder: string | undefined): Record<string, string> {
  const state = stateIn(tmp);
  const system = join(homeIn(tmp), 'system.md');
  mkdirSync(state, { recursive: true, mode: 0o700 });
  writeFileSync(join(state, 'settings.json'), JSON.stringify(settings), { mode: 0o600 });
  writeFileSync(system, SYSTEM, { mode: 0o600 });
  hideVariables(work);
  // They work as soon as the files are there.
  if (userFolder !== undefined) for (const name of loginFiles) symlinkSync(join(userFolder, name), join(state, name));
  return { GEMINI_CLI_HOME: homeIn(tmp), GEMINI_SYSTEM_MD: system };
}

/** The CLI takes its variables from the first `.gemini/.env` of its work folder and the folders above, and the user's home may be one of them: here it finds an empty one. */
function hideVariables(work: string): void {
  const folder = join(dirname(work), '.gemini');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  writeFileSync(join(folder, '.env'), '', { mode: 0o600 });
}
