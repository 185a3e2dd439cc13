import { processStart, realm } from './process-identity.js';

/** Names this process, to other processes too that share the database. */
export function instanceName(): string {
  return [process.pid, processStart(process.pid) ?? '', realm()].join('-');
}

/** Whether an instance is known to be gone. One of another machine or container cannot be judged from here. */
export function isGone(instance: string): boolean {
  const [pid, start = '', where = ''] = instance.split('-');
  if (!/^[0-9a-f]{8}$/.test(where) || where !== realm()) return false;
  return processStart(Number(pid)) !== start;
}
