import { readdirSync, readFileSync } from 'node:fs';

/** x86 and most ARM systems; where pages are larger, a process is replaced the later. */
const PAGE_BYTES = 4096;

/** Bytes of memory that a process holds (https://man7.org/linux/man-pages/man5/proc_pid_statm.5.html: field 2); 0 where the system does not tell. */
export function residentMemory(pid: number): number {
  try {
    return Number(readFileSync(`/proc/${pid}/statm`, 'latin1').split(' ')[1] ?? 0) * PAGE_BYTES;
  } catch {
    return 0;
  }
}

/** The same of all processes of a group: of a program whose leader is its sandbox. Looks at every process of the machine. */
export function groupMemory(group: number): number {
  try {
    return readdirSync('/proc').reduce((sum, name) => (/^\d+$/.test(name) && groupOf(name) === group ? sum + residentMemory(Number(name)) : sum), 0);
  } catch {
    return 0;
  }
}

/** https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html: field 5; the name before it may hold anything. */
function groupOf(pid: string): number {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[2]);
  } catch {
    return -1;
  }
}
