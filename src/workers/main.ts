import { type OwnerCalls } from './calls.js';
import { type Batch, Channel } from './channel.js';
import { LaneRoutes } from './lane-routes.js';
import { type PushedKeys } from './pushed-keys.js';
import { createWorkerApp } from './worker-app.js';
import { KeyRing } from '../auth/key-ring.js';
import { ConfigFile } from '../config/config-file.js';
import { ServerSettings } from '../config/server-settings.js';
import { ConfigurationError } from '../config/settings.js';
import { Admission } from '../http/admission.js';
import { BACKLOG } from '../http/limit-times.js';
import { LOG, type Log } from '../observability/log.js';
import { type NestFastifyApplication } from '@nestjs/platform-fastify';

// A terminal and systemd tell all of a group to end: a worker does when the owner says so, or is gone (which Node's cluster sees to).
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => undefined);

let app: NestFastifyApplication | undefined;
const owner = new Channel<OwnerCalls>((batch) => process.send?.(batch, undefined, undefined, () => undefined), {
  keys: (keys: Parameters<PushedKeys['install']>[0]) => {
    app?.get<PushedKeys>(KeyRing).install(keys);
    app?.get(LaneRoutes).forget();
    return null;
  },
  forget: () => {
    app?.get(LaneRoutes).forget();
  },
  reload: () => {
    if (app) reload(app);
  },
  drain: (graceMs: number) => {
    if (app) void drain(app, graceMs);
    else process.exit(0);
  },
});
process.on('message', (batch: Batch) => {
  owner.take(batch);
});

try {
  app = await createWorkerApp(owner, process.argv[3] ?? '');
  app.get<PushedKeys>(KeyRing).install(await owner.ask('keys', null));
  const { host } = app.get(ServerSettings);
  owner.tell(
    'listening',
    await app
      .getHttpAdapter()
      .getInstance()
      .listen({ port: Number(process.argv[4]), host, backlog: BACKLOG }),
  );
} catch (error) {
  const { message, stack, code, syscall } = error as NodeJS.ErrnoException;
  owner.tell('failed', { message, stack, code, syscall, isConfiguration: error instanceof ConfigurationError });
  await owner.ask('sync', null);
  process.exit(1);
}

function reload(running: NestFastifyApplication): void {
  running.get(LaneRoutes).forget();
  try {
    running.get(ConfigFile).reload();
  } catch (error) {
    // The owner has read it: it has changed since, and is told of again.
    running.get<Log>(LOG).warn({ err: error }, 'a worker cannot read the configuration file');
  }
}

/** Everything that was answered is counted and written down by the owner before this ends. */
async function drain(running: NestFastifyApplication, graceMs: number): Promise<void> {
  await running.get(Admission).close(graceMs);
  await running.close();
  await owner.ask('sync', null);
  process.exit(0);
}
