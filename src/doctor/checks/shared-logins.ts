import { readdirSync } from 'node:fs';
import { type Check } from '../check.js';
import { ok, warning } from '../finding.js';
import { type Machine } from '../machine.js';

/** What runs for a gateway has its TMPDIR in the run folder of that gateway's data. */
const RUN_FOLDER = /\0TMPDIR=([^\0]+?)(?:-children)?\/run\/\d+-\d+-[^/\0]+\//;

/** One login lives on one instance: two that renew it log each other out. Other machines cannot be seen from here. */
export const sharedLogins: Check = {
  id: 'shared-logins',
  title: 'logins of two gateways',
  group: 'providers',
  look: (machine) => {
    if (machine.platform !== 'linux') return undefined;
    const others = new Set(environmentsOf(machine).flatMap((environment) => otherGateway(environment, machine) ?? []));
    if (others.size === 0) return ok('no other gateway on this machine uses these');
    return warning(
      `another gateway, with its data in ${[...others].join(' and ')}, uses the same logins: two that renew one log each other out`,
      'give each its own HOME and login, or one of them API keys',
    );
  },
};

/** The data folder of the gateway that a process belongs to, where it is not ours but uses our home. */
export function otherGateway(environment: string, { dataDir, home }: Pick<Machine, 'dataDir' | 'home'>): string | undefined {
  const folder = RUN_FOLDER.exec(`\0${environment}`)?.[1];
  if (folder === undefined || folder === dataDir) return undefined;
  return new RegExp(`\\0HOME=${home.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}\\0`).test(`\0${environment}\0`) ? folder : undefined;
}

/** Of the processes that this user may look at. */
function environmentsOf(machine: Machine): string[] {
  try {
    return readdirSync(machine.path('/proc')).flatMap((name) => (/^\d+$/.test(name) ? (machine.read(`/proc/${name}/environ`) ?? []) : []));
  } catch {
    return [];
  }
}
