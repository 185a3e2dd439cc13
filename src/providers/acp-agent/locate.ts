import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, isAbsolute, join, resolve } from 'node:path';

/**
 * Finds an executable without running it.
 *
 * @param bin a path, or a name that is looked up on `path`
 * @returns its absolute path; undefined where there is none
 */
export function locate(bin: string, path: string | undefined): string | undefined {
  if (bin.includes('/')) return isExecutable(resolve(bin)) ? resolve(bin) : undefined;
  return (path ?? '')
    .split(delimiter)
    .filter(isAbsolute) // a relative entry would depend on the folder the gateway was started in
    .map((folder) => join(folder, bin))
    .find(isExecutable);
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}
