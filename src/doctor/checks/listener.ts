import { readdirSync, readlinkSync } from 'node:fs';
import { type Machine } from '../machine.js';

/** A process that listens. */
export interface Listener {
  readonly pid: number;
  /** The name of its program. */
  readonly program: string;
}

/** Who listens on a TCP port of this machine; undefined where that cannot be known: other users' processes are hidden, and other systems tell nothing. */
export function listenerOn(machine: Machine, port: number): Listener | undefined {
  const sockets = ['tcp', 'tcp6'].flatMap((table) => socketsIn(machine.read(`/proc/net/${table}`) ?? '', port)).map((inode) => `socket:[${inode}]`);
  if (sockets.length === 0) return undefined;
  for (const name of listed(machine, '/proc').filter((each) => /^\d+$/.test(each))) {
    const holds = listed(machine, `/proc/${name}/fd`).some((fd) => sockets.includes(target(machine.path(`/proc/${name}/fd/${fd}`)) ?? ''));
    if (holds) return { pid: Number(name), program: machine.read(`/proc/${name}/comm`)?.trim() ?? '' };
  }
  return undefined;
}

/** https://www.kernel.org/doc/html/latest/networking/proc_net_tcp.html: the address and port in hexadecimal, the state (0A: it listens), the inode. */
export function socketsIn(table: string, port: number): string[] {
  return table.split('\n').flatMap((line) => {
    const fields = line.trim().split(/\s+/);
    const [own, state, inode] = [fields[1], fields[3], fields[9]];
    return state === '0A' && inode !== undefined && parseInt(own?.split(':')[1] ?? '', 16) === port ? [inode] : [];
  });
}

function listed(machine: Machine, folder: string): string[] {
  try {
    return readdirSync(machine.path(folder));
  } catch {
    return [];
  }
}

function target(link: string): string | undefined {
  try {
    return readlinkSync(link);
  } catch {
    return undefined;
  }
}
