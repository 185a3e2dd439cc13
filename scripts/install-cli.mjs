#!/usr/bin/env node
// Installs the CLIs that the tests run against, apart from the project's dependencies (they are large, and not ours to ship), and prints the path of each
// executable. Does nothing where one is there already.
//
//   node scripts/install-cli.mjs [claude] [gemini] [codex]      default: all of them, into .work/<name>-cli
import { execFileSync } from 'node:child_process';
import { accessSync, constants, existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const project = dirname(dirname(fileURLToPath(import.meta.url)));

// Exact: under an older Node a bare `npm install` silently takes an older CLI.
export const clis = {
  claude: {
    package: '@anthropic-ai/claude-code',
    version: '2.1.330',
    executable: (folder) => join(folder, '@anthropic-ai/claude-code/bin/claude.exe'), // its name on every platform
    // Before its install script ran there is a stub in its place.
    isReal: (file) => statSync(file).size > 1_000_000,
    finish: (folder) => execFileSync(process.execPath, ['install.cjs'], { cwd: join(folder, '@anthropic-ai/claude-code'), stdio: ['ignore', 2, 2], timeout: 120_000 }),
  },
  gemini: { package: '@google/gemini-cli', version: '0.61.0', executable: (folder) => join(folder, '@google/gemini-cli/bundle/gemini.js') },
  codex: {
    package: '@openai/codex',
    version: '0.169.0',
    executable: (folder) => {
      const vendor = join(folder, `@openai/codex-${process.platform}-${process.arch}/vendor`);
      return join(vendor, existsSync(vendor) ? (readdirSync(vendor)[0] ?? '') : '', 'bin/codex');
    },
  },
};

const folderOf = (name) => join(project, '.work', `${name}-cli`);

/** The path of an installed CLI; undefined where it is not there, or in another version. */
export function findCli(name) {
  const cli = clis[name];
  const folder = join(folderOf(name), 'node_modules');
  const file = cli.executable(folder);
  try {
    accessSync(file, constants.R_OK);
    if (cli.isReal?.(file) === false) return undefined;
    const { version } = JSON.parse(readFileSync(join(folder, cli.package, 'package.json'), 'utf8'));
    return version === cli.version ? file : undefined;
  } catch {
    return undefined;
  }
}

function install(name) {
  const cli = clis[name];
  const folder = folderOf(name);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{ "private": true }\n');
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  // npm's own words go to stderr: stdout is for the path.
  execFileSync(npm, ['install', '--no-audit', '--no-fund', '--save-exact', `${cli.package}@${cli.version}`], { cwd: folder, stdio: ['ignore', 2, 2], timeout: 600_000 });
  if (findCli(name) === undefined) cli.finish?.(join(folder, 'node_modules'));
}

function main(names) {
  for (const name of names.length > 0 ? names : Object.keys(clis)) {
    try {
      if (!Object.hasOwn(clis, name)) throw new Error(`there is ${Object.keys(clis).join(', ')}`);
      if (findCli(name) === undefined) install(name);
      const file = findCli(name);
      if (file === undefined) throw new Error(`version ${clis[name].version} is not there after its installation`);
      console.log(file);
    } catch (error) {
      console.error(`install-cli: ${name} could not be installed: ${error instanceof Error ? error.message.split('\n')[0] : String(error)}`);
      process.exitCode = 1;
    }
  }
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) main(process.argv.slice(2));
