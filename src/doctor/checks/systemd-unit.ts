import { readdirSync } from 'node:fs';
import { type Check } from '../check.js';
import { fault, type Finding, ok } from '../finding.js';
import { type Machine } from '../machine.js';

const NAME = 'shellm.service';
/** What counts more comes later (https://www.freedesktop.org/software/systemd/man/systemd.unit.html). */
const folders = ['/usr/lib/systemd/system', '/lib/systemd/system', '/etc/systemd/system'];

/** A unit that hides homes, and with them the logins that lie there. */
export const systemdUnit: Check = {
  id: 'systemd',
  title: 'systemd unit',
  group: 'this machine',
  look: (machine) => {
    const unit = unitOf(machine);
    return unit === undefined ? undefined : judgeUnit(unit, homeOf(machine, unit));
  },
};

export function judgeUnit(text: string, home: string | undefined): Finding {
  const hides = lastOf(text, 'ProtectHome') ?? 'no';
  if (home === undefined || !/^(yes|true|on|1|tmpfs)$/i.test(hides) || !/^\/(home|root|run\/user)(\/|$)/.test(home)) return ok(`${NAME} leaves the logins in sight`);
  return fault(
    `${NAME} hides ${home} (ProtectHome=${hides}), and with it the logins of the CLIs`,
    'keep the logins in Environment=HOME=/var/lib/shellm/home, as deploy/shellm.service does, or set ProtectHome=no',
  );
}

function unitOf(machine: Machine): string | undefined {
  const unit = folders.map((folder) => machine.read(`${folder}/${NAME}`)).findLast((text) => text !== undefined);
  return unit === undefined ? undefined : [unit, ...folders.flatMap((folder) => dropIns(machine, `${folder}/${NAME}.d`))].join('\n');
}

function dropIns(machine: Machine, folder: string): string[] {
  try {
    return readdirSync(machine.path(folder))
      .filter((name) => name.endsWith('.conf'))
      .sort()
      .flatMap((name) => machine.read(`${folder}/${name}`) ?? []);
  } catch {
    return [];
  }
}

/** By the unit, else by the password file. */
function homeOf(machine: Machine, unit: string): string | undefined {
  const own = [...unit.matchAll(/^\s*Environment=.*?\bHOME=([^\s"']+)/gm)].at(-1)?.[1];
  const user = lastOf(unit, 'User') ?? 'root';
  return (
    own ??
    machine
      .read('/etc/passwd')
      ?.split('\n')
      .find((line) => line.startsWith(`${user}:`))
      ?.split(':')[5]
  );
}

function lastOf(text: string, name: string): string | undefined {
  return [...text.matchAll(new RegExp(`^\\s*${name}=(.*)$`, 'gm'))].at(-1)?.[1]?.trim();
}
