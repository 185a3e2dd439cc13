import { type Check } from '../check.js';
import { fault, ok } from '../finding.js';

const LEAST = [24, 9] as const;

export const nodeVersion: Check = {
  id: 'node',
  title: 'Node.js',
  group: 'this machine',
  look: () => judge(process.versions.node),
};

export function judge(version: string): ReturnType<typeof ok> {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major > LEAST[0] || (major === LEAST[0] && minor >= LEAST[1])) return ok(version);
  return fault(`${version} is too old: ${LEAST.join('.')} or later is needed`, 'npx -y -p node@24 -- node $(command -v shellm) doctor');
}
