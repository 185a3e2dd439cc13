import { existsSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';

/** The package's own folder: where its package.json is, whether this runs as TypeScript, as built, or bundled. */
export const packageFolder = nearestPackage(import.meta.dirname);

/** `src` under the tests, `build` or `dist`. */
const codeFolder = relative(packageFolder, import.meta.dirname).split(sep)[0] ?? '';

/**
 * A program of ours that is started from its file: a child or a thread.
 *
 * @param path below `src`, without its extension: Node strips the types where this runs as TypeScript
 */
export function ownProgram(path: string): string {
  return join(packageFolder, codeFolder, `${path}${import.meta.filename.endsWith('.ts') ? '.ts' : '.js'}`);
}

function nearestPackage(folder: string): string {
  return existsSync(join(folder, 'package.json')) ? folder : nearestPackage(dirname(folder));
}
