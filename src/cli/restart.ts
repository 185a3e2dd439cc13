import { CommandFailure } from './command-failure.js';
import { ownDataDir, runningGateway } from './gateway-process.js';
import { print } from './print.js';
import { start } from './start.js';
import { end } from './stop.js';
import { startedWith } from '../process-pool/started-with.js';

/** Stops the gateway that runs in the background and starts it with what it was started with; what is set now goes before that. Where none runs it is a start. */
export async function restart(force: boolean): Promise<void> {
  const running = runningGateway(ownDataDir());
  if (!running) {
    await start();
    return;
  }
  if (!running.background) {
    throw new CommandFailure(`the server (pid ${running.pid}) was not started by \`shellm start\`: restart it where it was started (systemd: systemctl restart shellm)`);
  }
  const before = startedWith(running.pid);
  print(await end(running, force));
  await start({ environment: { ...before?.environment, ...process.env }, workDir: before?.workDir ?? process.cwd() });
}
