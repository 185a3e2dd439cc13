import { type Machine } from '../machine.js';

/** A folder that another file system is at. */
export interface Mount {
  readonly point: string;
  readonly options: readonly string[];
  readonly type: string;
}

/** What is mounted where (https://man7.org/linux/man-pages/man5/proc_pid_mountinfo.5.html); nothing where the system does not tell. */
export function mountsOf(machine: Machine): readonly Mount[] {
  return (machine.read('/proc/self/mountinfo') ?? '').split('\n').flatMap((line) => {
    const [before = '', after = ''] = line.split(' - ');
    const fields = before.split(' ');
    const [point, options] = [fields[4], fields[5]];
    return point === undefined || options === undefined ? [] : [{ point: unescaped(point), options: options.split(','), type: after.split(' ')[0] ?? '' }];
  });
}

/** That which a path lies on: the innermost, of two at one place the later. */
export function mountOf(mounts: readonly Mount[], path: string): Mount | undefined {
  return mounts.reduce<Mount | undefined>((best, mount) => (holds(mount.point, path) && mount.point.length >= (best?.point.length ?? 0) ? mount : best), undefined);
}

function holds(point: string, path: string): boolean {
  return point === '/' || path === point || path.startsWith(`${point}/`);
}

/** Blanks and the like are written in octal. */
function unescaped(path: string): string {
  return path.replace(/\\([0-7]{3})/g, (_, code: string) => String.fromCharCode(parseInt(code, 8)));
}
