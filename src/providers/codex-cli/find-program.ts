import { existsSync, readdirSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { locate } from '../../process-pool/locate.js';

/**
 * Finds the CLI without running it. What npm puts on PATH is a script that starts the real program, which is a process more to pay for and to signal:
 * the program itself is taken where it lies beside.
 *
 * @param bin a path, or a name that is looked up on `path`
 * @returns its absolute path; undefined where there is none
 */
export function findProgram(bin: string, path: string | undefined): string | undefined {
  const found = locate(bin, path);
  return found === undefined ? undefined : (nativeProgram(realpathSync(found)) ?? found);
}

/** `@openai/codex/bin/codex.js` → `@openai/codex-<platform>/vendor/<target>/bin/codex`, of its own dependencies or beside it. */
function nativeProgram(script: string): string | undefined {
  if (!script.endsWith('.js')) return undefined;
  const codexPackage = dirname(dirname(script));
  const name = `codex-${process.platform}-${process.arch}`;
  for (const folder of [join(codexPackage, 'node_modules', '@openai', name), join(dirname(codexPackage), name), codexPackage]) {
    const vendor = join(folder, 'vendor');
    if (!existsSync(vendor)) continue;
    const program = readdirSync(vendor)
      .map((target) => join(vendor, target, 'bin', 'codex'))
      .find((file) => locate(file, undefined) !== undefined);
    if (program !== undefined) return program;
  }
  return undefined;
}
