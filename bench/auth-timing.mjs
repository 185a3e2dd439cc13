// Does the time that a wrong key takes depend on how much of it is right? Welch's t over interleaved batches, against dist's AuthService in this process.
import { existsSync } from 'node:fs';
import { randomBytes } from 'node:crypto';

const dist = new URL('../build/', import.meta.url);
if (!existsSync(new URL('auth/auth.service.js', dist))) {
  console.error('dist is missing: run `npm run build` first');
  process.exit(1);
}
const load = (path) => import(new URL(path, dist));
const { AuthService } = await load('auth/auth.service.js');
const { KeyDigest } = await load('auth/key-digest.js');

const ROUNDS = Number(process.env.ROUNDS ?? 4000);
const BATCH = 50;
/** Of |t|: above it a difference is no accident (the bound that dudect uses). */
const LIMIT = 4.5;

const right = `sk-shellm-${randomBytes(32).toString('base64url')}`;
const server = { auth: true, loopbackOnly: true };
const none = { untouched: true, find: () => undefined, list: () => [] };
const auth = new AuthService({ clients: JSON.stringify({ known: { key: right } }) }, server, new KeyDigest('s'.repeat(40)), none, console);
if (auth.authenticate(right)?.name !== 'known') throw new Error('the right key is not known');

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
/** A wrong key of the same length that begins with the first `shared` characters of the right one. */
function wrongKey(shared) {
  const other = alphabet[(alphabet.indexOf(right[shared]) + 1 + Math.floor(Math.random() * (alphabet.length - 1))) % alphabet.length];
  const tail = randomBytes(right.length)
    .toString('base64url')
    .slice(0, right.length - shared - 1);
  // Written out: a string joined of pieces takes its time by their number.
  return Buffer.from(right.slice(0, shared) + other + tail, 'latin1').toString('latin1');
}

const groups = [0, Math.floor(right.length / 2), right.length - 1].map((shared) => ({ shared, samples: [] }));
function measure({ shared, samples }, keep) {
  const keys = Array.from({ length: BATCH }, () => wrongKey(shared));
  const start = process.hrtime.bigint();
  for (const key of keys) if (auth.authenticate(key) !== undefined) throw new Error('a wrong key was let in');
  const ns = Number(process.hrtime.bigint() - start) / BATCH;
  if (keep) samples.push(ns);
}
for (let round = -ROUNDS / 4; round < ROUNDS; round += 1) {
  // In another order each time: what the machine does besides meets all alike.
  for (const group of groups.toSorted(() => Math.random() - 0.5)) measure(group, round >= 0);
}

/** Without the slowest tenth of all: pauses of the machine, not of the code. */
const all = groups.flatMap(({ samples }) => samples).sort((a, b) => a - b);
const cut = all[Math.floor(all.length * 0.9)];
const statistics = groups.map(({ shared, samples }) => {
  const kept = samples.filter((ns) => ns <= cut);
  const mean = kept.reduce((sum, ns) => sum + ns, 0) / kept.length;
  const variance = kept.reduce((sum, ns) => sum + (ns - mean) ** 2, 0) / (kept.length - 1);
  return { shared, count: kept.length, mean, variance };
});
const [base, ...others] = statistics;
console.log(`${right.length} characters a key, ${ROUNDS} batches of ${BATCH} each`);
console.log(`shared ${String(base.shared).padStart(3)}: ${base.mean.toFixed(1)} ns`);
let worst = 0;
for (const { shared, count, mean, variance } of others) {
  const t = (mean - base.mean) / Math.sqrt(variance / count + base.variance / base.count);
  worst = Math.max(worst, Math.abs(t));
  console.log(`shared ${String(shared).padStart(3)}: ${mean.toFixed(1)} ns, ${(mean - base.mean).toFixed(2)} ns from none, t = ${t.toFixed(2)}`);
}
const independent = worst < LIMIT;
console.log(independent ? `independent: every |t| is below ${LIMIT}` : `DEPENDENT: |t| = ${worst.toFixed(2)} is above ${LIMIT}`);
process.exitCode = independent ? 0 : 1;
