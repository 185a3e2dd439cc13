#!/usr/bin/env node
// Installs the Claude Code CLI that the tests run against, apart from the project's dependencies (it is proprietary and large), and prints
// the path of its executable. Does nothing where it is there already.
//
//   node scripts/install-claude.mjs [folder]      default: .work/claude-cli
import { execFileSync } from 'node:child_process';
import { accessSync, constants, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

// Exact: under an older Node a bare `npm install` silently takes an older CLI.
const VERSION = '2.1.330';
const project = dirname(dirname(fileURLToPath(import.meta.url)));
const folder = resolve(process.argv[2] ?? join(project, '.work', 'claude-cli'));
const packageFolder = join(folder, 'node_modules', '@anthropic-ai', 'claude-code');
const executable = join(packageFolder, 'bin', 'claude.exe'); // its name on every platform

/** The version that the executable tells; undefined where it does not run. */
function installedVersion() {
  try {
    accessSync(executable, constants.X_OK);
    if (statSync(executable).size < 1_000_000) return undefined; // the stub, before its install script ran
    return execFileSync(executable, ['--version'], { encoding: 'utf8', timeout: 30_000 }).trim().split(' ')[0];
  } catch {
    return undefined;
  }
}

function install() {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{ "private": true }\n');
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  // npm's own words go to stderr: stdout is for the path.
  execFileSync(npm, ['install', '--no-audit', '--no-fund', '--save-exact', `@anthropic-ai/claude-code@${VERSION}`], { cwd: folder, stdio: ['ignore', 2, 2], timeout: 600_000 });
  if (installedVersion() === undefined) execFileSync(process.execPath, ['install.cjs'], { cwd: packageFolder, stdio: ['ignore', 2, 2], timeout: 120_000 });
}

try {
  if (installedVersion() !== VERSION) install();
  const version = installedVersion();
  if (version !== VERSION) throw new Error(`the executable tells version ${version ?? 'nothing'}, not ${VERSION}`);
  console.log(executable);
} catch (error) {
  console.error(`install-claude: Claude Code ${VERSION} could not be installed: ${error instanceof Error ? error.message.split('\n')[0] : String(error)}`);
  process.exitCode = 1;
}
