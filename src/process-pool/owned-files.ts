import { constants, lchownSync, readdirSync } from 'node:fs';
import { open, realpath } from 'node:fs/promises';
import { dirname, join, sep } from 'node:path';

/** Whose a program's files are. */
export interface Owner {
  readonly uid: number;
  readonly gid: number;
}

/** Gives a folder and all that is in it away. Only for what no program has got its hands on yet: it goes by names. */
export function giveAway(path: string, owner: Owner): void {
  lchownSync(path, owner.uid, owner.gid);
  for (const entry of readdirSync(path, { withFileTypes: true })) {
    const inside = join(path, entry.name);
    if (entry.isDirectory()) giveAway(inside, owner);
    else lchownSync(inside, owner.uid, owner.gid);
  }
}

/**
 * Writes a new file for a running program, for nobody else to read.
 *
 * @param folder the program's own; where it runs as another user, a file whose folder leads out of it, by a link, is refused
 */
export async function writeFor(folder: { readonly tmp: string; readonly owner?: Owner | undefined }, path: string, text: string): Promise<void> {
  const { tmp, owner } = folder;
  if (owner && !`${await realpath(dirname(path))}${sep}`.startsWith(`${await realpath(tmp)}${sep}`)) throw new Error('the folder is not where it should be');
  const file = await open(path, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW, 0o600);
  try {
    await file.writeFile(text);
    if (owner) await file.chown(owner.uid, owner.gid);
  } finally {
    await file.close();
  }
}
