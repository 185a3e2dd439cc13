// What every fake CLI can do wrong in the same words: "[[fault NAME]]" in the last words of a turn. A fake hands in its side of the protocol (`turn`):
//   begin()       the turn begins, and half an answer is said        line(text)   the line that says a piece of the answer
//   end()         the turn ends well                                 refuse(kind) the turn ends as `limited`, `logged-out` or `failed`
// `src/selftest/faults.ts` says how each has to end for the client.
import { spawn } from 'node:child_process';
import { closeSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

const forever = () => new Promise(() => setInterval(() => undefined, 1000));
const write = (data, stream = process.stdout) => new Promise((resolve) => stream.write(data, resolve));
const killSelf = () => {
  process.kill(process.pid, 'SIGKILL');
  return forever();
};
const half = (turn) => turn.line('lost').slice(0, -12);
/** What is left behind holds the pipes. It stays until somebody ends it, or for ten minutes. */
const leave = (options) => spawn('/bin/sh', ['-c', "trap '' TERM; sleep 600 & wait; wait"], { stdio: ['ignore', 'inherit', 'inherit'], ...options });
const whole = async (turn) => {
  await turn.begin();
  await write(turn.line(' and the rest'));
  await turn.end();
};
const flood = async (stream, piece) => {
  for (;;) await write(piece, stream);
};

const faults = {
  none: whole,
  async 'exit-first'() {
    await write('Error: ENOENT /home/secret-user/.credentials.json sk-secret-of-the-cli\n', process.stderr);
    process.exit(1);
  },
  'killed-first': killSelf,
  async 'killed-mid-line'(turn) {
    await turn.begin();
    await write(half(turn));
    await killSelf();
  },
  async 'half-line'(turn) {
    await turn.begin();
    await write(half(turn));
    process.exit(0);
  },
  async 'no-end'(turn) {
    await turn.begin();
    process.exit(0);
  },
  'stall-first': forever,
  async stall(turn) {
    await turn.begin();
    await forever();
  },
  async stubborn(turn) {
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.on(signal, () => undefined);
    await turn.begin();
    await forever();
  },
  async deaf(turn) {
    process.stdin.pause();
    await turn.begin();
    await forever();
  },
  async 'late-answer'(turn) {
    process.on('SIGTERM', () => void write(turn.line('too late')).then(turn.end));
    await turn.begin();
    await forever();
  },
  async 'stdout-closed'(turn) {
    await turn.begin();
    closeSync(1);
    await forever();
  },
  'endless-line': () => flood(process.stdout, 'x'.repeat(1 << 20)),
  async 'endless-answer'(turn) {
    await turn.begin();
    await flood(process.stdout, turn.line('word '.repeat(20_000)));
  },
  'stderr-flood': () => flood(process.stderr, 'noise /home/secret-user '.repeat(20_000)),
  async grandchildren(turn) {
    leave();
    await turn.begin();
    process.exit(1);
  },
  async escapee(turn) {
    leave({ detached: true }).unref();
    await turn.begin();
    process.exit(1);
  },
  async garbage(turn) {
    await write('Segmentation fault\n\u0000\u0001 not json {{{\n\n[1,2]\nnull\n42\n"text"\n');
    await whole(turn);
  },
  async 'unknown-events'(turn) {
    await write('{"type":"of_tomorrow","event":{"type":"news"}}\n{"jsonrpc":"2.0","method":"_vendor/news","params":{"a":[1]}}\n');
    await whole(turn);
  },
  async 'split-utf8'(turn) {
    await turn.begin();
    for (const byte of Buffer.from(turn.line(' naïve 🦀 日本'))) {
      await write(Buffer.of(byte));
      await new Promise(setImmediate);
    }
    await turn.end();
  },
  async drip(turn) {
    await turn.begin();
    for (const letter of ' and the rest') {
      await write(turn.line(letter));
      await sleep(20);
    }
    await turn.end();
  },
  async 'ends-twice'(turn) {
    await whole(turn);
    await turn.end();
  },
  async 'writes-after-end'(turn) {
    await whole(turn);
    await write(turn.line('after the end'));
  },
  async refuses(turn) {
    await turn.begin();
    await turn.refuse('failed');
  },
  limited: (turn) => turn.refuse('limited'),
  'logged-out': (turn) => turn.refuse('logged-out'),
};

/** The fault that a turn's words ask for, if any: plays it over the fake's protocol. */
export function faultIn(text) {
  const name = [...text.matchAll(/\[\[fault ([\w-]+)\]\]/g)].at(-1)?.[1];
  if (name === undefined) return undefined;
  const play = faults[name];
  if (play === undefined) throw new Error(`there is no fault ${name}`);
  return play;
}
