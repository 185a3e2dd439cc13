// The programs that a bench starts: only those are ended, by pid.
import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { sleep } from './client.mjs';

/** What whoever runs this has set for his own gateway, vendors or proxies must not reach a target. */
const inherited = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !/^(SHELLM_|OPENAI_|ANTHROPIC_|GEMINI_|CLAUDE|CODEX_|LOG_LEVEL$|NODE_OPTIONS$)|_PROXY$/i.test(name)),
);
const started = new Set();
const runs = ({ pid, exitCode, signalCode }) => pid !== undefined && exitCode === null && signalCode === null;

/** @param logs the folder of `name`.log, with what it prints */
export function start(argv, { cwd, env = {}, logs, name }) {
  const log = openSync(join(logs, `${name}.log`), 'w');
  if (env.HOME) mkdirSync(env.HOME, { recursive: true });
  const program = spawn(argv[0], argv.slice(1), { cwd, env: { ...inherited, PATH: process.env.PATH, ...env }, stdio: ['ignore', log, log] });
  closeSync(log);
  program.on('error', (error) => console.error(`${name}: ${error.message}`));
  started.add(program);
  return program;
}

/** Milliseconds from SIGTERM to its end; SIGKILL after ten seconds. */
export async function stop(program) {
  started.delete(program);
  if (!runs(program)) return NaN;
  const began = performance.now(),
    late = setTimeout(() => program.kill('SIGKILL'), 10_000);
  const ended = new Promise((done) => program.once('exit', done));
  program.kill('SIGTERM');
  await ended;
  clearTimeout(late);
  return performance.now() - began;
}

export async function stopAll() {
  const left = [...started].filter(runs);
  for (const program of left) program.kill('SIGTERM');
  for (let i = 0; i < 30 && left.some(runs); i++) await sleep(100);
  for (const program of left.filter(runs)) program.kill('SIGKILL');
}
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => stopAll().then(() => process.exit(130)));
