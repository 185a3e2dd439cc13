// How fast secrets are looked for, over dist: whole texts, tokens, tiny pieces, a vendor's bytes that pass, and texts made to be slow.
// `DIST=/path/to/another/build/ node bench/redaction.mjs` measures that one.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Subject } from 'rxjs';

const dist = process.env.DIST ? pathToFileURL(process.env.DIST) : new URL('../build/', import.meta.url);
const load = (path) => import(new URL(path, dist));
const { createRedactor } = await load('redaction/create-redactor.js');
const { inspectStream } = await load('wire/openai-chat/inspect-stream.js');
const ROUNDS = Number(process.env.ROUNDS ?? 5);
const redactor = createRedactor();

/** Prose and code of installed packages. Characters. */
function corpus(root, limit) {
  let text = '';
  const walk = (folder) => {
    for (const entry of readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))) {
      if (text.length >= limit) return;
      const path = join(folder, entry.name);
      if (entry.isDirectory()) walk(path);
      else if (/\.(?:md|[cm]?js|ts)$/.test(entry.name)) text += readFileSync(path, 'utf8').slice(0, 50_000);
    }
  };
  walk(new URL(root, import.meta.url).pathname);
  return text;
}

const text = corpus('../node_modules/', 4e6);
const tokensOf = (whole) => whole.match(/ ?\p{L}{1,7}|\p{N}{1,3}|\s+|[^\s\p{L}\p{N}]{1,3}/gu);
const tokens = tokensOf(text.slice(0, 2e6));
const tiny = tokensOf(text.slice(0, 1e6)).flatMap((token) => [...token]);
const chunk = (content) =>
  `data: ${JSON.stringify({ id: 'chatcmpl-B9MBs8CjcvOU2jLn4n570S5qMJKcT', object: 'chat.completion.chunk', created: 1741569952, model: 'gpt-5-2025-08-07', service_tier: 'default', system_fingerprint: 'fp_44709d6fcb', choices: [{ index: 0, delta: { content }, logprobs: null, finish_reason: null }] })}\n\n`;
const frames = tokens.slice(0, 40_000).map((token) => Buffer.from(chunk(token)));
const wires = frames.map((frame) => frame.toString('latin1'));
const sizeOf = (pieces) => pieces.reduce((sum, { length }) => sum + length, 0);

function inPieces(pieces) {
  const filter = redactor.open();
  let length = 0;
  for (const piece of pieces) length += filter.push(piece).length;
  return length + filter.flush().length;
}

function passOn(buffers) {
  const source = new Subject();
  let same = 0;
  let at = 0;
  source.pipe(inspectStream(redactor, () => undefined)).subscribe((out) => (same += out === buffers[at] ? 1 : 0));
  for (at = 0; at < buffers.length; at++) source.next(buffers[at]);
  source.complete();
  return same;
}

const hostile = {
  'eyJ-': 'eyJ-'.repeat(50_000),
  'eyJ… in a word': `-eyJ${'a'.repeat(12)}`.repeat(12_000),
  eyJ: 'eyJ'.repeat(60_000),
  'sk-': 'sk-'.repeat(60_000),
  '//a:': '//a:'.repeat(50_000),
  '//:b…': `//:${'b'.repeat(120)}`.repeat(1500),
  'key header': '-----BEGIN PRIVATE KEY-----\n'.repeat(7000),
  dashes: '-'.repeat(200_000),
  '\\': '\\'.repeat(200_000),
};

const cases = [
  ['whole text', text.length, () => redactor.redact(text)],
  ['whole text, as JSON', text.length, () => redactor.redact(text, 'json')],
  ['tokens', sizeOf(tokens), () => inPieces(tokens)],
  ['single characters', tiny.length, () => inPieces(tiny)],
  ['look at wire chunks', sizeOf(wires), () => wires.filter((wire) => redactor.suspicious(wire)).length],
  ['stream passed on', sizeOf(frames), () => passOn(frames)],
  ...Object.entries(hostile).map(([name, whole]) => [`hostile: ${name}`, whole.length, () => redactor.redact(whole)]),
];

console.log('| case | MB/s |\n| --- | --- |');
for (const [name, bytes, run] of cases) {
  const times = [];
  for (let round = -1; round < ROUNDS; round++) {
    // Time of the processor: whatever else runs.
    const start = process.cpuUsage();
    run();
    const { user, system } = process.cpuUsage(start);
    if (round >= 0) times.push(user + system);
  }
  times.sort((a, b) => a - b);
  console.log(`| ${name} | ${(bytes / times[times.length >> 1]).toPrecision(3)} |`);
}

const filter = redactor.open();
let held = 0;
const heldAfter = tokens.map((token) => (held += token.length - filter.push(token).length)).sort((a, b) => a - b);
const unread = wires.filter((wire) => !redactor.suspicious(wire)).length;
console.log(
  `\nheld back after a token: median ${heldAfter[heldAfter.length >> 1]}, nothing after ${((100 * heldAfter.filter((count) => count === 0).length) / heldAfter.length).toFixed(1)} %, at most ${heldAfter.at(-1)}`,
);
console.log(`chunks that pass unread: ${((100 * unread) / wires.length).toFixed(1)} %; the very same Buffer: ${((100 * passOn(frames)) / frames.length).toFixed(1)} %`);
