#!/usr/bin/env node
// What the documents say of the code, checked: docs/errors.md has every error code under its status, .env.example has every variable with the
// name that the settings read, docs/observability.md every metric, docs/configuration.md has them all (`npm run docs` writes it), and what they link to in this repository is there.
//
//   node scripts/check-documents.mjs
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { writtenConfiguration } from './write-configuration.mjs';

const project = dirname(dirname(fileURLToPath(import.meta.url)));
const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], { cwd: project, encoding: 'utf8' }).trim().split('\n');
const read = (file) => readFileSync(join(project, file), 'utf8');
const all = (text, pattern) => [...text.matchAll(pattern)];

function* missingErrors() {
  const said = new Set(all(read('docs/errors.md'), /^\| (\d{3}) \| `(\w+)` \|/gm).map(([, status, code]) => `${code} ${status}`));
  const known = all(read('src/kernel/status-of.ts'), /^ {2}(\w+): (\d{3}),$/gm).map(([, code, status]) => `${code} ${status}`);
  for (const entry of known) if (!said.delete(entry)) yield `docs/errors.md does not have ${entry}`;
  for (const entry of said) yield `docs/errors.md has ${entry}, src/kernel/status-of.ts does not`;
}

function* missingVariables() {
  const said = read('.env.example');
  for (const file of files.filter((name) => /^src\/.*\.ts$/.test(name) && !name.endsWith('.spec.ts') && existsSync(join(project, name)))) {
    for (const [, variable] of all(read(file), /@Env\('(\w+)'/g)) if (!new RegExp(`^#${variable}=`, 'm').test(said)) yield `.env.example does not have ${variable}`;
  }
}

/** Of `docs/observability.md`, whose table has every metric of our own, and no other. */
function* missingMetrics() {
  const said = new Set(all(read('docs/observability.md'), /^\| `(shellm_\w+)` \|/gm).map(([, name]) => name));
  for (const file of files.filter((name) => /^src\/(observability|api)\/metrics\/.*\.ts$/.test(name) && !name.endsWith('.spec.ts') && existsSync(join(project, name)))) {
    for (const [, name] of all(read(file), /^(?! *\*).*'(shellm_\w+)'/gm)) if (!said.delete(name)) yield `docs/observability.md does not have ${name}`;
  }
  for (const name of said) yield `docs/observability.md has ${name}, which nothing counts`;
}

function* oldConfiguration() {
  if (read('docs/configuration.md') !== writtenConfiguration()) yield 'docs/configuration.md is not what .env.example says: npm run docs';
}

function* brokenLinks() {
  for (const file of files.filter((name) => name.endsWith('.md') && existsSync(join(project, name)))) {
    for (const [, target] of all(read(file), /\]\((?!\w+:|#)([^)\s#]+)/g)) if (!existsSync(join(project, dirname(file), target))) yield `${file} links to ${target}, which is not there`;
  }
}

const problems = [...missingErrors(), ...missingVariables(), ...missingMetrics(), ...oldConfiguration(), ...brokenLinks()];
for (const problem of problems) console.error(problem);
if (problems.length > 0) process.exitCode = 1;
