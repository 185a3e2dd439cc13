import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { dirname, extname, join, resolve } from 'node:path';
import { locate } from '../../process-pool/locate.js';

/** How to start the installed CLI, and which one it is. */
export interface Program {
  readonly command: string;
  /** What stands before the CLI's own arguments. */
  readonly args: readonly string[];
  /** By its package; undefined where that does not tell: then the CLI says it when it is connected. */
  readonly version: string | undefined;
}

const PACKAGE = '@google/gemini-cli';
const scripts: ReadonlySet<string> = new Set(['.js', '.mjs', '.cjs']);

/**
 * Finds the CLI without running it. A script is run with this very Node: what its first line names may be an older one, or none.
 *
 * @param bin a path, or a name that is looked up on `path`
 * @returns undefined where there is none
 */
export function findProgram(bin: string, path: string | undefined): Program | undefined {
  const found = locate(bin, path) ?? (isScript(bin) && bin.includes('/') && existsSync(bin) ? resolve(bin) : undefined);
  if (found === undefined) return undefined;
  // npm puts a link on PATH; the package lies where it leads.
  const real = realpathSync(found);
  const version = packageVersion(dirname(real));
  return isScript(real) ? { command: process.execPath, args: [real], version } : { command: found, args: [], version };
}

function isScript(file: string): boolean {
  return scripts.has(extname(file));
}

function packageVersion(folder: string): string | undefined {
  for (const candidate of [folder, dirname(folder)]) {
    try {
      const { name, version } = JSON.parse(readFileSync(join(candidate, 'package.json'), 'utf8')) as { name?: unknown; version?: unknown };
      if (name === PACKAGE && typeof version === 'string') return version;
    } catch {
      // No package of ours: look one folder up.
    }
  }
  return undefined;
}
