import { type INestApplicationContext } from '@nestjs/common';
import { type GreetedProvider, greetingOf, titleOf } from './greeting.js';
import { withProgress } from './progress.js';
import { AuthService } from '../auth/auth.service.js';
import { KeyRing } from '../auth/key-ring.js';
import { ProviderHealth } from '../completion/provider-health.js';
import { packageVersion } from '../config/package-version.js';
import { ServerSettings } from '../config/server-settings.js';
import { ProviderRegistry } from '../providers/provider-registry.js';

/** What is told of though nobody has it: what one could have with an account. */
const offered: ReadonlySet<string> = new Set(['claude', 'gemini', 'codex', 'openai', 'cerebras']);

/** Greets whoever has started the server on a terminal. The providers are asked for their state, which takes a moment and no token. */
export async function greet(app: INestApplicationContext, url: string, first: boolean): Promise<void> {
  process.stdout.write(titleOf({ version: packageVersion, url }));
  const providers = await withProgress('  looking at the providers …', () => providersOf(app));
  process.stdout.write(greetingOf({ version: packageVersion, url, first, providers, access: accessOf(app) }));
}

async function providersOf(app: INestApplicationContext): Promise<GreetedProvider[]> {
  const registry = app.get(ProviderRegistry);
  const states = await app.get(ProviderHealth).states();
  return registry.enabled
    .filter(({ id }) => id in states || offered.has(id))
    .map((provider) => ({ id: provider.id, status: states[provider.id], installation: provider.installation?.(), whatToDo: provider.whatToDo }));
}

function accessOf(app: INestApplicationContext): 'machine' | 'network' | { configured: number; issued: number } {
  const auth = app.get(AuthService);
  if (auth.open) return app.get(ServerSettings).loopbackOnly ? 'machine' : 'network';
  return { configured: auth.configured.length, issued: app.get(KeyRing).list().length };
}
