#!/usr/bin/env node
// Writes the table of docs/configuration.md: every variable of .env.example, which check-documents.mjs compares with what the settings read.
//
//   npm run docs
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const project = dirname(dirname(fileURLToPath(import.meta.url)));
const page = join(project, 'docs/configuration.md');
const [begin, end] = ['<!-- variables: begin -->', '<!-- variables: end -->'];

/** The page as it has to be. */
export function writtenConfiguration() {
  const text = readFileSync(page, 'utf8');
  const [before, rest] = text.split(begin);
  const [, after] = rest.split(end);
  return `${before}${begin}\n${table(readFileSync(join(project, '.env.example'), 'utf8'))}\n${end}${after}`;
}

/** Variables that stand together share the comment above them. */
function table(example) {
  const rows = [];
  let comment = '';
  let names = [];
  const close = () => {
    if (names.length > 0) rows.push(`| ${names.map(([name]) => `\`${name}\``).join('<br>')} | ${names.map(([, value]) => (value === '' ? '' : `\`${value.replaceAll('|', '\\|')}\``)).join('<br>')} | ${inPlainText(comment)} |`);
    names = [];
    comment = '';
  };
  for (const line of example.split('\n')) {
    const [, name, value] = /^#([A-Z][A-Z0-9_]+)=(.*)$/.exec(line) ?? [];
    if (name !== undefined) names.push([name, value]);
    else {
      if (names.length > 0 || line === '') close();
      if (line.startsWith('# ')) comment = comment === '' ? line.slice(2) : `${comment} ${line.slice(2)}`;
    }
  }
  close();
  return ['| variable | where unset | meaning |', '| --- | --- | --- |', ...rows].join('\n');
}

const inPlainText = (comment) => comment.replaceAll('|', '\\|').replaceAll('<', '&lt;');

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(page, writtenConfiguration());
