// One life of a target: milliseconds until it answers, MiB when it idles after some work, milliseconds from SIGTERM to its end.
import { request } from 'node:http';
import { now, sleep } from './client.mjs';
import { jsonClosed } from './driver.mjs';
import { rssMiB } from './proc.mjs';
import { start, stop } from './programs.mjs';

/** @param t with its own port and folder, not those of the one that runs */
export async function oneLife(t, where) {
  const began = now(),
    program = start(t.start, { cwd: t.cwd ?? where.cwd, env: t.env, logs: where.logs, name: `${t.name}-start` });
  while (!(await answers(t))) {
    if (program.exitCode !== null || now() - began > 20_000) throw new Error(`${t.name} did not start: see ${t.name}-start.log`);
    await sleep(5);
  }
  const listening = now() - began;
  await jsonClosed(t, { concurrency: 8, seconds: 5, max: 1500 });
  await sleep(1000);
  const rss = rssMiB(program.pid);
  return { listening, rss, exit: await stop(program) };
}

/** Its health where it tells that, else any answer. */
function answers(t) {
  const { hostname, port } = new URL(t.base_url);
  return new Promise((done) => {
    const asked = request({ hostname, port, path: t.health ?? '/', agent: false }, (response) => {
      response.resume();
      done(t.health === undefined || response.statusCode === 200);
    });
    asked.on('error', () => done(false));
    asked.end();
  });
}
