import { readdirSync, rmSync, statSync } from 'node:fs';
import { enableCompileCache, flushCompileCache, getCompileCacheDir } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { dataDirOf } from './data-dir-path.js';
import { makeFolder } from './make-folder.js';
import { readEnvironment } from './read-environment.js';

const FOLDER = 'compiled';

/**
 * From here on Node keeps what it has compiled in the data folder, and the next start takes it from there: a third of a start is compiling. Never an error: without it
 * everything is compiled anew.
 *
 * @param make the data folder too, where it is not there yet: for whoever is about to serve
 */
export function keepCompiled({ make = false }: { readonly make?: boolean } = {}): void {
  try {
    const dataDir = dataDirOf(readEnvironment().environment);
    if (make) makeFolder(dataDir);
    // Who can write there could run code here.
    if (isPrivate(dataDir)) enableCompileCache(join(dataDir, FOLDER));
  } catch {
    // whoever needs the folder says what is wrong with it
  }
}

/** Writes down what was compiled by now, so that it is there too after a kill, and drops what another version of Node has left. */
export function writeCompiled(): void {
  flushCompileCache();
  const own = getCompileCacheDir();
  if (own === undefined || basename(dirname(own)) !== FOLDER) return;
  for (const entry of readdirSync(dirname(own))) if (entry !== basename(own)) rmSync(join(dirname(own), entry), { recursive: true, force: true });
}

function isPrivate(folder: string): boolean {
  const stats = statSync(folder, { throwIfNoEntry: false });
  return stats !== undefined && (stats.mode & 0o022) === 0 && stats.uid === process.getuid?.();
}
