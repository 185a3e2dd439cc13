import { readFileSync } from 'node:fs';

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
