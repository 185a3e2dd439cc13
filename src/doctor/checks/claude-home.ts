import { join } from 'node:path';
import { type Check } from '../check.js';
import { type Finding, ok, warning } from '../finding.js';
import { type Machine } from '../machine.js';
import { providerOf } from './clis.js';
import { type Mount, mountOf, mountsOf } from './mounts.js';

/** Claude Code keeps half of what it knows beside its folder: `~/.claude` and `~/.claude.json`. A volume at the one loses the other. */
export const claudeHome: Check = {
  id: 'claude-home',
  title: 'home of Claude Code',
  group: 'providers',
  look: async (machine) => {
    const { environment, home } = machine;
    if ((await providerOf(machine, 'claude'))?.status?.installed !== true) return undefined;
    const own = environment['CLAUDE_CONFIG_DIR'];
    if (own !== undefined && own !== '') return ok(`${own} (CLAUDE_CONFIG_DIR) holds all of it`);
    return judgeHome(home, mountsOf(machine), isContainer(machine));
  },
};

export function judgeHome(home: string, mounts: readonly Mount[], container: boolean): Finding {
  const folder = join(home, '.claude');
  const file = `${folder}.json`;
  const [inside, beside] = [mountOf(mounts, folder), mountOf(mounts, file)];
  const fix = `mount the volume at ${home}, or set CLAUDE_CONFIG_DIR=${folder}, which then holds both`;
  if (beside?.point === file) return warning(`${file} is a mount of its own: Claude Code replaces it as a whole, which fails there`, fix);
  if (inside?.point === folder) return warning(`a volume is mounted at ${folder}, but ${file} lies outside of it: it is lost with the container`, fix);
  if (container && inside?.type === 'overlay') return warning(`${folder} lies in the container, and the login is lost with it`, fix);
  return ok(`${folder} and ${file} lie together`);
}

/** https://docs.docker.com, https://docs.podman.io: what both leave in a container; Kubernetes tells by a variable. */
function isContainer(machine: Pick<Machine, 'has' | 'environment'>): boolean {
  return machine.has('/.dockerenv') || machine.has('/run/.containerenv') || machine.environment['KUBERNETES_SERVICE_HOST'] !== undefined;
}
