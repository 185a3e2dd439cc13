import { CommandFailure } from './command-failure.js';
import { type GatewayProcess, ownDataDir, runningGateway } from './gateway-process.js';
import { print } from './print.js';
import { withProgress } from './progress.js';
import { until } from './until.js';
import { isAlive } from '../process-pool/process-file.js';

/** For what comes after the grace time: children are ended, the database is closed. */
const CLEAN_UP_MS = 10_000;

/** Stops the gateway of the data folder, if one runs, and says so. */
export async function stop(force: boolean): Promise<void> {
  const running = runningGateway(ownDataDir());
  print(running ? await end(running, force) : 'not running');
}

/** Ends a gateway: it lets running answers finish, and is killed where it is not gone after its grace time, or at once with `force`. @returns how it went, in a line */
export async function end(running: GatewayProcess, force: boolean): Promise<string> {
  const { pid, grace_ms: graceMs } = running;
  const began = performance.now();
  if (!force) {
    signal(pid, 'SIGTERM');
    const gone = await withProgress('stopping …', (say) =>
      isGone(running, graceMs + CLEAN_UP_MS, (ms) => {
        if (ms > 1000) say(`stopping: running answers may take up to ${Math.ceil(graceMs / 1000)} s to finish … ${Math.floor(ms / 1000)} s`);
      }),
    );
    if (gone) return `stopped (pid ${pid})`;
  }
  signal(pid, 'SIGKILL');
  if (!(await isGone(running, CLEAN_UP_MS))) throw new CommandFailure(`the server (pid ${pid}) cannot be ended`);
  return force ? `killed (pid ${pid})` : `killed (pid ${pid}): it did not stop within ${Math.round((performance.now() - began) / 1000)} s`;
}

function signal(pid: number, name: 'SIGTERM' | 'SIGKILL'): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EPERM') throw new CommandFailure(`the server (pid ${pid}) runs as another user, who alone may stop it`);
    if (code !== 'ESRCH') throw error;
  }
}

async function isGone(running: GatewayProcess, withinMs: number, waiting: (ms: number) => void = () => undefined): Promise<boolean> {
  const gone = await until(withinMs, (passed) => {
    if (!isAlive(running)) return true;
    waiting(passed);
    return undefined;
  });
  return gone ?? false;
}
