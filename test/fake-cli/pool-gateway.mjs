// A gateway in small: starts programs in the data folder given, says the pids of all that must not outlive it, and waits to be killed.
import { ProcessPool } from '../../src/process-pool/process-pool.ts';
import { PoolSettings } from '../../src/process-pool/pool-settings.ts';
import { ServerSettings } from '../../src/config/server-settings.ts';
import { Flow } from '../../src/kernel/flow.ts';

const log = { debug() {}, info() {}, warn() {}, error() {} };
const pool = new ProcessPool(new PoolSettings(), process.argv[2], log, new ServerSettings());
await pool.onModuleInit();
const fixture = (name) => ({ name, command: '/bin/sh', args: [new URL(`./pool-${name}.sh`, import.meta.url).pathname], env: { PATH: process.env.PATH } });
const pids = [];
for (const spec of [fixture('stubborn'), fixture('grandchildren')]) {
  const child = await pool.exclusive(spec, { warm: 0 }).take(new AbortController().signal);
  pids.push(child.pid);
  child.lines(new Flow()).subscribe((line) => {
    if (/^\d+$/.test(line)) pids.push(Number(line));
    if (pids.length === 4) console.log(JSON.stringify(pids));
  });
}
