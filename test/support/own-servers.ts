import { Client } from 'pg';
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { connect, createServer, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from './eventually.js';

/** A server of a spec's own, on a free port, that can be taken away and given back. */
export interface OwnServer {
  readonly url: string;
  /** Ends it at once, as a crash does. */
  stop(): Promise<void>;
  /** With what it had kept on disk. */
  start(): Promise<void>;
  remove(): Promise<void>;
}

/** A PostgreSQL that trusts this machine; undefined where its programs are not here, which is said. */
export async function ownPostgres(): Promise<(OwnServer & { database(): Promise<string> }) | undefined> {
  const bin = postgresPrograms();
  if (bin === undefined) {
    process.stderr.write('SKIPPED: the specs that stop and start PostgreSQL; initdb is not here (Debian: apt install postgresql).\n');
    return undefined;
  }
  const dir = mkdtempSync(join(tmpdir(), 'postgres-'));
  const user = process.getuid?.() === 0 ? idsOf('postgres') : undefined;
  if (user) chownSync(dir, user.uid, user.gid);
  const data = join(dir, 'data');
  execFileSync(join(bin, 'initdb'), ['-D', data, '-A', 'trust', '-U', 'postgres', '-N', '--locale=C', '-E', 'UTF8'], { stdio: 'ignore', ...user, cwd: dir });
  const port = await freePort();
  const settings = { listen_addresses: '127.0.0.1', port, unix_socket_directories: dir, fsync: 'off', max_connections: 200 };
  const options = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const url = `postgres://postgres@127.0.0.1:${port}/postgres`;
  const own = await server(dir, port, url, () => spawn(join(bin, 'postgres'), ['-D', data, ...options], { stdio: 'ignore', ...user, cwd: dir }));
  return { ...own, database: () => newDatabase(url) };
}

/** A Redis that keeps nothing on disk; undefined where its program is not here, which is said. */
export async function ownRedis(): Promise<OwnServer | undefined> {
  const program = ['/usr/bin/redis-server', '/usr/local/bin/redis-server'].find((path) => existsSync(path));
  if (program === undefined) {
    process.stderr.write('SKIPPED: the specs that stop and start Redis; redis-server is not here (Debian: apt install redis-server).\n');
    return undefined;
  }
  const dir = mkdtempSync(join(tmpdir(), 'redis-'));
  const port = await freePort();
  return server(dir, port, `redis://127.0.0.1:${port}`, () =>
    spawn(program, ['--bind', '127.0.0.1', '--port', String(port), '--dir', dir, '--save', '', '--appendonly', 'no'], { stdio: 'ignore' }),
  );
}

/** An empty one. Waits for a server that is starting. */
async function newDatabase(url: string): Promise<string> {
  const name = `db_${randomBytes(6).toString('hex')}`;
  await eventually(async () => {
    const client = new Client({ connectionString: url });
    try {
      await client.connect();
      await client.query(`create database ${name}`);
      return true;
    } catch {
      return false;
    } finally {
      await client.end().catch(() => undefined);
    }
  }, 20_000);
  return url.replace(/\/postgres$/, `/${name}`);
}

async function server(dir: string, port: number, url: string, run: () => ChildProcess): Promise<OwnServer> {
  let running: ChildProcess | undefined;
  const own: OwnServer = {
    url,
    stop: async () => {
      const child = running;
      running = undefined;
      if (child?.exitCode !== null || child.signalCode !== null) return;
      // PostgreSQL's immediate shutdown: its children go too, and nothing is written any more.
      child.kill('SIGQUIT');
      await once(child, 'exit');
    },
    start: async () => {
      running ??= run();
      await eventually(() => listens(port), 20_000);
    },
    remove: async () => {
      await own.stop();
      rmSync(dir, { recursive: true, force: true });
    },
  };
  await own.start();
  return own;
}

function postgresPrograms(): string | undefined {
  const debian = '/usr/lib/postgresql';
  const versions = existsSync(debian) ? readdirSync(debian).map((version) => join(debian, version, 'bin')) : [];
  return [...versions.reverse(), '/usr/local/bin', '/usr/bin'].find((folder) => existsSync(join(folder, 'initdb')) && existsSync(join(folder, 'postgres')));
}

/** PostgreSQL refuses to run as root. */
function idsOf(name: string): { readonly uid: number; readonly gid: number } {
  const id = (flag: string): number => Number(execFileSync('id', [flag, name], { encoding: 'utf8' }));
  return { uid: id('-u'), gid: id('-g') };
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, 'close');
  return port;
}

function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
      .once('connect', () => {
        socket.destroy();
        resolve(true);
      })
      .once('error', () => {
        resolve(false);
      });
  });
}
