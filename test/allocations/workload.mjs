// A fixed workload on the paths that every request takes, in this process alone: the vendor and the client are a thread with a heap of its own.
// Prints JSON: bytes allocated on the heap for each request, chunk, … Run with --expose-gc and a young generation so large that none of it is collected meanwhile.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PerformanceObserver } from 'node:perf_hooks';
import { Worker } from 'node:worker_threads';
import { Subject } from 'rxjs';
import { createApp } from '../../build/bootstrap.js';
import { createRedactor } from '../../build/redaction/create-redactor.js';
import { shutDown } from '../../build/serve.js';
import { inspectStream } from '../../build/wire/openai-chat/inspect-stream.js';

const collections = [];
new PerformanceObserver((list) => collections.push(...list.getEntries())).observe({ entryTypes: ['gc'] });
const turn = () => new Promise((done) => setImmediate(done));

/** Bytes for each of `count`: the lesser of two times, once the code is compiled. */
async function bytesEach(count, work) {
  let least = Infinity;
  for (let time = 0; time < 4; time++) {
    globalThis.gc();
    await turn();
    const began = performance.now(),
      before = process.memoryUsage().heapUsed;
    await work();
    const took = process.memoryUsage().heapUsed - before;
    await turn();
    if (collections.some(({ startTime }) => startTime > began)) throw new Error('something was collected while it was measured: the young generation is too small');
    if (time > 1) least = Math.min(least, took / count);
  }
  return Math.round(least);
}

const other = new Worker(new URL('other-side.mjs', import.meta.url));
other.on('error', (error) => {
  throw error;
});
const told = () => new Promise((done) => other.once('message', done));
const ask = (message) => {
  other.postMessage(message);
  return told();
};
const upstream = await told();

const dataDir = mkdtempSync(join(tmpdir(), 'allocations-'));
const app = await createApp({
  ...{
    PATH: '/usr/bin:/bin',
    HOME: dataDir,
    SHELLM_DATA_DIR: dataDir,
    LOG_LEVEL: 'silent',
    SHELLM_PROVIDERS: 'openai',
    OPENAI_BASE_URL: `http://127.0.0.1:${upstream}/v1`,
    OPENAI_API_KEY: 'sk-vendor',
  },
  ...{ SHELLM_RPM: '1000000', SHELLM_CLIENTS: JSON.stringify({ app: { key: 'key-of-the-app-0123456789', rpm: 1_000_000 } }) },
});
await app.listen(0, '127.0.0.1');
const { port } = app.getHttpServer().address();

/** What a vendor's stream is looked through with, without anything around it. */
function inspector(pieces) {
  const redactor = createRedactor();
  return () => {
    const vendor = new Subject();
    vendor.pipe(inspectStream(redactor, () => undefined)).subscribe();
    for (const piece of pieces) vendor.next(piece);
    vendor.complete();
  };
}
const words = ['Hello', ', ', 'naïve', ' café', ' "quoted"', '\n', ' is', ' it', ' 42', ' end', '.'];
const chunk = (delta, finish_reason = null) =>
  `data: ${JSON.stringify({ id: 'chatcmpl-B9MBs8CjcvOU2jLn4n570S5qMJKcT', object: 'chat.completion.chunk', created: 1741569952, model: 'gpt-5', system_fingerprint: 'fp_44709d6fcb', choices: [{ index: 0, delta, finish_reason }] })}\n\n`;
const pieces = [...Array.from({ length: 2000 }, (_, index) => chunk({ content: words[index % words.length] })), chunk({}, 'stop'), 'data: [DONE]\n\n'].map((text) =>
  Buffer.from(text),
);

const figures = {
  'a JSON request': await bytesEach(150, () => ask({ port, path: 'json', count: 150 })),
  'a chunk of a stream': await bytesEach(400, () => ask({ port, path: 'stream', count: 2 })),
  'a chunk that is inspected': await bytesEach(pieces.length, inspector(pieces)),
};
process.stdout.write(JSON.stringify(figures));
await shutDown(app);
await other.terminate();
rmSync(dataDir, { recursive: true });
