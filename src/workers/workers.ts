import { type NestFastifyApplication } from '@nestjs/platform-fastify';
import cluster, { type Worker } from 'node:cluster';
import { once } from 'node:events';
import { getCompileCacheDir } from 'node:module';
import { type AddressInfo, createServer } from 'node:net';
import { dirname } from 'node:path';
import { openBackDoor } from './back-door.js';
import { type OwnerCalls, type WorkerCalls } from './calls.js';
import { type Batch, Channel } from './channel.js';
import { FrontDesk, House } from './front-desk.js';
import { ConfigFile } from '../config/config-file.js';
import { instanceId } from '../config/instance-id.js';
import { ownProgram } from '../config/own-file.js';
import { ServerSettings } from '../config/server-settings.js';
import { ConfigurationError } from '../config/settings.js';
import { LOG, type Log } from '../observability/log.js';

/** Before one that ended is replaced: longer each time that one does not live for long. Milliseconds. */
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 5000;
const SOUND_MS = 10_000;
/** Beyond the grace time a worker says its last words and closes; then it is killed. Milliseconds. */
const FAREWELL_MS = 3000;

interface Running {
  readonly worker: Worker;
  readonly channel: Channel<WorkerCalls>;
  readonly gone: Promise<unknown>;
}

/**
 * The processes that listen where the gateway would, answer what an API vendor is asked for as it is, and hand everything else on to this process, the owner of all
 * that there is one of. One that ends is replaced; all end with the owner.
 */
export class Workers {
  readonly #house: House;
  readonly #log: Log;
  readonly #running = new Set<Running>();
  #pauseMs = FIRST_PAUSE_MS;
  #ending = false;

  /** @returns the workers, and the URL where they listen @throws as `listen` does, and ConfigurationError */
  static async start(app: NestFastifyApplication, count: number): Promise<{ readonly workers: Workers; readonly url: string }> {
    const { host, port } = app.get(ServerSettings);
    const path = await openBackDoor(app);
    cluster.setupPrimary({ exec: ownProgram('workers/main'), args: [instanceId, path, String(port === 0 ? await freePort(host) : port)] });
    const workers = new Workers(app);
    const [url = ''] = await Promise.all(Array.from({ length: count }, () => workers.#fork()));
    return { workers, url };
  }

  private constructor(app: NestFastifyApplication) {
    this.#house = new House(app);
    this.#log = app.get<Log>(LOG);
    this.#house.keys.heard = () => this.#shareKeys();
    app.get(ConfigFile).use(() => () => {
      this.#tellAll('reload');
    });
  }

  /** Lets the workers' requests finish within the grace time; resolves when all are gone, and what they counted is here. Milliseconds. */
  async drain(graceMs: number): Promise<void> {
    this.#ending = true;
    await Promise.all(
      [...this.#running].map(async ({ worker, channel, gone }) => {
        channel.tell('drain', graceMs);
        const timer = setTimeout(() => {
          worker.process.kill('SIGKILL');
        }, graceMs + FAREWELL_MS);
        await gone;
        clearTimeout(timer);
      }),
    );
  }

  /** Resolves when it listens, with the URL. */
  #fork(): Promise<string> {
    const worker = cluster.fork(compiledFor());
    const began = performance.now();
    const desk = new FrontDesk(this.#house, () => {
      this.#tellAll('forget');
    });
    return new Promise((resolve, reject) => {
      const calls: OwnerCalls = {
        ...desk.calls,
        listening: (url) => {
          this.#log.info({ pid: worker.process.pid }, 'a worker listens');
          resolve(url);
        },
        failed: ({ message, isConfiguration, ...facts }) => {
          reject(Object.assign(isConfiguration ? new ConfigurationError(message) : new Error(message), facts));
        },
      };
      const channel = new Channel<WorkerCalls>((batch) => {
        // One that is ending takes nothing more.
        if (worker.isConnected()) worker.process.send(batch, () => undefined);
      }, calls);
      worker.process.on('message', (batch: Batch) => {
        channel.take(batch);
      });
      // What it said last is read before the channel ends.
      const gone = Promise.all([once(worker.process, 'exit'), once(worker.process, 'disconnect')]).then(() => {
        this.#running.delete(running);
        channel.close();
        desk.close();
        reject(new Error('a worker ended before it listened'));
        if (!this.#ending) this.#replace(worker, performance.now() - began);
      });
      const running = { worker, channel, gone };
      this.#running.add(running);
    });
  }

  #replace({ process: { pid, exitCode, signalCode } }: Worker, livedMs: number): void {
    this.#pauseMs = livedMs > SOUND_MS ? FIRST_PAUSE_MS : Math.min(this.#pauseMs * 2, LONGEST_PAUSE_MS);
    this.#log.error({ pid, code: exitCode, signal: signalCode }, 'a worker ended: another one takes its place');
    setTimeout(() => {
      if (!this.#ending) this.#fork().catch(() => undefined);
    }, this.#pauseMs);
  }

  /** A key that is revoked is refused by all before whoever revoked it hears so. */
  async #shareKeys(): Promise<void> {
    const { snapshot } = this.#house.keys;
    await Promise.all([...this.#running].map(({ channel }) => channel.ask('keys', snapshot).catch(() => undefined)));
  }

  #tellAll(what: 'reload' | 'forget'): void {
    for (const { channel } of this.#running) channel.tell(what, null);
  }
}

/** What the owner keeps compiled serves them too. */
function compiledFor(): NodeJS.ProcessEnv {
  const own = getCompileCacheDir();
  return own === undefined ? {} : { NODE_COMPILE_CACHE: dirname(own) };
}

/** One for all workers, those too that come later: any port would be another one for each. */
async function freePort(host: string): Promise<number> {
  const server = createServer().listen(0, host);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
