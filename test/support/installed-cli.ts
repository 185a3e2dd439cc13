import { findCli } from '../../scripts/install-cli.mjs';

export type CliName = 'claude' | 'gemini' | 'codex';

/** A real CLI for tests: `SHELLM_TEST_<NAME>_BIN`, else where `scripts/install-cli.mjs` puts it; undefined where there is none, which is said in the open. */
export function findInstalledCli(name: CliName): string | undefined {
  const file = process.env[`SHELLM_TEST_${name.toUpperCase()}_BIN`] ?? findCli(name);
  if (file === undefined) process.stderr.write(`SKIPPED: the specs that drive the real ${name} CLI. Install it with: node scripts/install-cli.mjs ${name}\n`);
  return file;
}
