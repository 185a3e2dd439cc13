import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync, readlinkSync } from 'node:fs';

/** When a process began, as an opaque word: with the pid it names one process for good. Undefined: there is no such process (any more). */
export function processStart(pid: number): string | undefined {
  return process.platform === 'linux' ? startInProc(pid) : startByPs(pid);
}

/** Where pids and starts can be compared: this boot of this machine or container. */
export function realm(): string {
  if (process.platform !== 'linux') return 'local';
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8');
    return createHash('sha256').update(boot).update(readlinkSync('/proc/self/ns/pid')).digest('hex').slice(0, 8);
  } catch {
    return 'unknown'; // a sandbox that hides them
  }
}

/** https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html: field 22, in clock ticks since the boot. */
function startInProc(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // Field 2 is the program's name in brackets and may hold anything, brackets and blanks too.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' || fields[0] === 'X' ? undefined : fields[19];
  } catch {
    return undefined;
  }
}

function startByPs(pid: number): string | undefined {
  try {
    const began = Date.parse(execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8', env: { LC_ALL: 'C', PATH: '/bin:/usr/bin' } }));
    return Number.isNaN(began) ? undefined : String(began / 1000);
  } catch {
    return undefined;
  }
}
