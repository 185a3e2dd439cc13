import { once } from 'node:events';
import { createServer } from 'node:net';
import { runningGateway } from '../../cli/gateway-process.js';
import { ServerSettings } from '../../config/server-settings.js';
import { type Check } from '../check.js';
import { fault, type Finding, ok } from '../finding.js';
import { type Machine } from '../machine.js';
import { listenerOn } from './listener.js';

const ASK_MS = 2000;

export const port: Check = {
  id: 'port',
  title: 'port',
  group: 'this machine',
  look: async (machine) => {
    const { host, port: wanted } = machine.settings(ServerSettings);
    const refused = await refusalOf(host, wanted);
    if (refused === undefined) return ok(`${host}:${wanted} is free`);
    if (refused === 'EADDRINUSE') return taken(machine, host, wanted);
    if (refused === 'EACCES') return fault(`${host}:${wanted} needs a privilege`, 'set SHELLM_PORT to 1024 or above');
    return fault(`${host}:${wanted} cannot be listened on (${refused})`, 'set SHELLM_HOST to an address of this machine: 127.0.0.1, or 0.0.0.0 for all');
  },
};

async function taken(machine: Machine, host: string, wanted: number): Promise<Finding> {
  const own = runningGateway(machine.dataDir);
  if (own && Number(new URL(own.url).port) === wanted) return ok(`${host}:${wanted} is that of the gateway that runs here (process ${own.pid})`);
  if (await isGateway(host, wanted))
    return fault(`${host}:${wanted} is taken by a gateway with another data folder`, 'stop it with `shellm stop` and its SHELLM_DATA_DIR, or set SHELLM_PORT to another one');
  const listener = listenerOn(machine, wanted);
  const who = listener ? `${listener.program || 'a program'} (process ${listener.pid})` : 'another program';
  return fault(`${host}:${wanted} is taken by ${who}`, listener ? `kill ${listener.pid}, or set SHELLM_PORT to another one` : 'set SHELLM_PORT to another one');
}

/** Why it cannot be listened on; undefined: it can. */
async function refusalOf(host: string, wanted: number): Promise<string | undefined> {
  const server = createServer();
  try {
    server.listen({ host, port: wanted, exclusive: true });
    await once(server, 'listening');
    return undefined;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? 'unknown error';
  } finally {
    server.close();
  }
}

async function isGateway(host: string, wanted: number): Promise<boolean> {
  const name = /^(0\.0\.0\.0|::)$/.test(host) ? '127.0.0.1' : host.includes(':') ? `[${host}]` : host;
  try {
    const response = await fetch(`http://${name}:${wanted}/health`, { signal: AbortSignal.timeout(ASK_MS), redirect: 'error' });
    const { capacity, uptime_seconds: uptime } = (await response.json()) as { readonly capacity?: unknown; readonly uptime_seconds?: unknown };
    return capacity !== undefined && typeof uptime === 'number';
  } catch {
    return false;
  }
}
