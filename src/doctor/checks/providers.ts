import { type ProviderStatus } from '../../providers/provider.js';
import { type Check } from '../check.js';
import { fault, type Finding, ok, warning } from '../finding.js';
import { clis } from './clis.js';

/** Is there anybody to answer? */
export const usableProviders: Check = {
  id: 'providers',
  title: 'who answers',
  group: 'providers',
  look: async ({ installed }) => {
    const found = await installed;
    if ('problem' in found) return undefined;
    const ready = found.providers.filter(({ status }) => status?.status === 'ready').map(({ id }) => id);
    const fix = 'install a CLI and log in (npm install -g @anthropic-ai/claude-code, then claude), or set OPENAI_API_KEY';
    if (ready.length === 0) return fault('nobody: no provider is usable', fix);
    return ready.every((id) => id === 'demo') ? warning('the demo alone, which makes its answers up', fix) : ok(ready.join(', '));
  },
};

/** Those that have no check of their own: API keys, servers and agents of the configuration file. */
export const otherProviders: Check = {
  id: 'provider',
  title: 'provider',
  group: 'providers',
  look: async ({ installed }) => {
    const found = await installed;
    if ('problem' in found) return undefined;
    const others = found.providers.filter(({ id }) => id !== 'demo' && !clis.some((cli) => cli.id === id));
    return others.flatMap(({ id, status, models }) => (status ? [{ ...judge(status, models), about: id }] : []));
  },
};

function judge({ status, detail }: ProviderStatus, models: number): Finding {
  return status === 'ready' ? ok(models > 0 ? `ready, ${models} models` : 'ready') : fault(detail ?? 'it is not usable', 'shellm providers');
}
