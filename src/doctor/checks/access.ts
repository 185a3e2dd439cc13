import { AuthSettings } from '../../auth/auth-settings.js';
import { type ConfiguredClient, parseClients } from '../../auth/parse-clients.js';
import { isLoopbackName } from '../../config/loopback.js';
import { ServerSettings } from '../../config/server-settings.js';
import { inspectDatabase } from '../../storage/inspect.js';
import { StorageSettings } from '../../storage/storage-settings.js';
import { type Check } from '../check.js';
import { fault, type Finding, ok, warning } from '../finding.js';
import { type Machine } from '../machine.js';

/** About 96 bits of letters and digits. */
const SHORT = 16;

/** Who may ask. */
export const exposure: Check = {
  id: 'exposure',
  title: 'who may ask',
  group: 'access',
  look: async (machine) => {
    const { databaseUrl } = machine.settings(StorageSettings);
    const state = await inspectDatabase(databaseUrl, machine.dataDir).catch(() => undefined);
    const [configured, issued] = [clientsOf(machine).length, state?.keys ?? 0];
    if (configured + issued > 0) return ok(`whoever has a key: ${configured} of SHELLM_CLIENTS, ${issued} issued`);
    if (state?.touched === true) return fault('no key is left, so that every request is refused', 'shellm keys create NAME --scopes admin');
    return judgeOpen(machine.settings(ServerSettings));
  },
};

/** Where no key was ever made. */
function judgeOpen({ host, loopbackOnly, auth }: ServerSettings): Finding {
  if (loopbackOnly) return ok('everybody on this machine: it listens on loopback only, and there are no keys');
  if (auth) return fault(`${host} can be reached by others and there are no keys: the gateway does not start`, 'shellm keys create NAME');
  const reached = isLoopbackName(host) ? 'the hosts of SHELLM_ALLOWED_HOSTS' : host;
  return warning(`everybody who can reach ${reached}: SHELLM_AUTH is off`, 'shellm keys create NAME, and unset SHELLM_AUTH');
}

/** Keys that somebody may guess. */
export const weakKeys: Check = {
  id: 'weak-keys',
  title: 'keys of SHELLM_CLIENTS',
  group: 'access',
  look: (machine) => {
    const clients = clientsOf(machine);
    if (clients.length === 0) return undefined;
    const weak = clients.filter(({ key }) => isWeak(key)).map(({ client }) => client.name);
    if (weak.length === 0) return ok(`${clients.length}, none of which can be guessed`);
    return weak.map((name) => ({ ...warning('its key can be guessed', 'openssl rand -base64 32 makes a better one; or shellm keys create NAME'), about: name }));
  },
};

/** The secret that issued keys are kept under. */
export const keySecret: Check = {
  id: 'key-secret',
  title: 'key secret',
  group: 'access',
  look: (machine) => {
    const { keySecret: secret } = machine.settings(AuthSettings);
    if (secret === undefined) return ok('in the data folder; a backup of the database needs it too');
    return isWeak(secret) ? warning('SHELLM_KEY_SECRET can be guessed', 'openssl rand -base64 32 makes a better one; keys have to be issued anew then') : ok('SHELLM_KEY_SECRET');
  },
};

/** Short, of few different characters, or one that stands in a document. */
export function isWeak(key: string): boolean {
  return key.length < SHORT || new Set(key).size < 8 || /change-?me|example|password|secret-?key|your-/i.test(key);
}

function clientsOf(machine: Machine): readonly ConfiguredClient[] {
  try {
    return parseClients(machine.settings(AuthSettings).clients);
  } catch {
    return []; // told by another check
  }
}
