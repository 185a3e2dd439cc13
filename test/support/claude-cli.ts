import { accessSync, constants } from 'node:fs';
import { resolve } from 'node:path';

/** The real Claude Code CLI for tests: `SHELLM_TEST_CLAUDE_BIN`, else where `scripts/install-claude.mjs` puts it; undefined where there is none. */
export function findClaudeCli(): string | undefined {
  const installed = resolve(import.meta.dirname, '../../.work/claude-cli/node_modules', '@anthropic-ai', 'claude-code/bin/claude.exe');
  const candidates = [process.env['SHELLM_TEST_CLAUDE_BIN'], installed];
  return candidates.find((file) => file !== undefined && isExecutable(file));
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Says once, in the open, why a suite is left out. */
export function sayThatItIsSkipped(): void {
  process.stderr.write('SKIPPED: the specs that drive the real Claude Code CLI. Install it with: node scripts/install-claude.mjs\n');
}
