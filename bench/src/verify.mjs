// A target is measured only for what it does correctly.
import { chunkText, now, once, sha1, sleep, textHash } from './client.mjs';

/** Whether it answers within its time; `t.why` says why not. */
export async function ready(t) {
  for (const end = now() + (t.ready_s ?? 20) * 1000; now() < end; await sleep(200)) {
    try {
      const r = await once(t, 'mock-fast', false, 3000);
      if (r.status === 200) return true;
      t.why = `status ${r.status}: ${r.body.slice(0, 120)}`;
    } catch (e) {
      t.why = e.message;
    }
  }
  return false;
}

/** Text equal, streams whole (also when cut inside UTF-8 and JSON), errors mapped, every request reaching the upstream: `t.checks`. */
export async function verify(t, upstreamRequests) {
  const v = (t.checks = {});
  const check = async (name, f) => {
    if (t.skip_checks?.includes(name)) return;
    try {
      v[name] = (await f()) ? 'ok' : 'WRONG';
    } catch (e) {
      v[name] = `failed (${e.message})`;
    }
  };
  const sse = (model, n) =>
    check(model, async () => {
      const r = await once(t, model, true, 15000);
      return r.status === 200 && r.sse.done && !r.sse.bad && sha1(r.sse.text) === textHash(n);
    });
  await check('json', async () => {
    const j = JSON.parse((await once(t, 'mock-fast', false)).body);
    return j.choices[0].message.content === Array.from({ length: 50 }, (_, i) => chunkText(i)).join('') && j.usage.completion_tokens === 50;
  });
  await sse('mock-paced-20-5', 20);
  await sse('mock-burst-1000', 1000);
  if (t.route === 'cli') return;
  // A cache or a coalescer would flatter it.
  await check('no-cache', async () => {
    const n = await upstreamRequests();
    for (let i = 0; i < 4; i++) await once(t, 'mock-fast', false);
    return (await upstreamRequests()) - n === 4;
  });
  await sse('mock-split-50', 50);
  await check('error-429', async () => (await once(t, 'mock-error-429', false, 15000)).status === 429);
  await check('error-500', async () => (await once(t, 'mock-error-500', false, 15000)).status >= 500);
}
