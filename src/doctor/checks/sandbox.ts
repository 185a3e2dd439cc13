import { IsolationSettings } from '../../process-pool/isolation-settings.js';
import { Sandbox } from '../../process-pool/sandbox.js';
import { type Check } from '../check.js';
import { fault, ok, warning } from '../finding.js';

/** Whether what SHELLM_SANDBOX asks for works here. */
export const sandbox: Check = {
  id: 'sandbox',
  title: 'sandbox',
  group: 'access',
  look: (machine) => {
    const { sandbox: mode } = machine.settings(IsolationSettings);
    if (mode === 'off') return undefined;
    let problem: string | undefined;
    // `auto` tells what `on` would stop the start with.
    Sandbox.open('auto', undefined, (why) => {
      problem = why;
    });
    if (problem === undefined) return ok('bubblewrap works');
    const fix = problem.includes('not installed')
      ? 'apt install bubblewrap'
      : 'sysctl kernel.unprivileged_userns_clone=1 kernel.apparmor_restrict_unprivileged_userns=0 (docs/security.md)';
    return mode === 'on' ? fault(problem, fix) : warning(`${problem}: the CLIs run without`, fix);
  },
};
