import { ConfigLocation } from '../../config/config-location.js';
import { CerebrasSettings, OpenAiSettings } from '../../providers/openai-compatible/settings.js';
import { CodexCliSettings } from '../../providers/codex-cli/settings.js';
import { type FoundProvider } from '../installed.js';
import { type Machine } from '../machine.js';

/** Where a provider that is here asks its vendor. */
export interface VendorUrl {
  readonly provider: string;
  readonly url: string;
  /** What leads elsewhere than to the vendor; undefined: it is the vendor's own. */
  readonly from: string | undefined;
}

/** Of every provider that is installed or configured. */
export function vendorUrls(machine: Machine, providers: readonly FoundProvider[]): readonly VendorUrl[] {
  const file = serversOf(machine);
  return providers.flatMap((provider) => {
    if (provider.status?.installed !== true) return [];
    const own = owned[provider.id]?.(machine, provider);
    const url = own ?? { url: file.get(provider.id), from: `providers.${provider.id}.base_url` };
    return url.url === undefined || !URL.canParse(url.url) ? [] : [{ provider: provider.id, url: url.url, from: url.from }];
  });
}

interface Told {
  readonly url: string | undefined;
  readonly from: string | undefined;
}

const owned: Readonly<Record<string, (machine: Machine, provider: FoundProvider) => Told>> = {
  claude: ({ environment }, { installation }) => {
    // The clouds have addresses of their own.
    if (installation?.keyVariable?.startsWith('CLAUDE_CODE_USE_') === true) return { url: undefined, from: undefined };
    return told(environment, 'ANTHROPIC_BASE_URL', 'https://api.anthropic.com');
  },
  gemini: ({ environment }, { installation }) =>
    told(environment, 'GOOGLE_GEMINI_BASE_URL', installation?.keyVariable === undefined ? 'https://cloudcode-pa.googleapis.com' : 'https://generativelanguage.googleapis.com'),
  codex: (machine, { installation }) => {
    const { config } = machine.settings(CodexCliSettings);
    const name = installation?.keyVariable === undefined ? 'chatgpt_base_url' : 'openai_base_url';
    const own = config[name];
    if (typeof own === 'string') return { url: own, from: `SHELLM_CODEX_CONFIG (${name})` };
    return { url: name === 'chatgpt_base_url' ? 'https://chatgpt.com' : 'https://api.openai.com', from: undefined };
  },
  openai: (machine) => ({ url: machine.settings(OpenAiSettings).baseUrl, from: fromOf(machine, 'OPENAI_BASE_URL') }),
  cerebras: (machine) => ({ url: machine.settings(CerebrasSettings).baseUrl, from: fromOf(machine, 'CEREBRAS_BASE_URL') }),
};

function told(environment: Machine['environment'], variable: string, vendor: string): Told {
  const own = environment[variable];
  return own === undefined || own === '' ? { url: vendor, from: undefined } : { url: own, from: variable };
}

function fromOf({ environment }: Machine, variable: string): string | undefined {
  return (environment[variable] ?? '') === '' ? undefined : variable;
}

function serversOf({ environment, dataDir, workDir }: Machine): ReadonlyMap<string, string> {
  try {
    return new Map([...(new ConfigLocation(environment, dataDir, workDir).read()?.providers ?? [])].map(([name, { baseUrl }]) => [name, baseUrl]));
  } catch {
    return new Map(); // told by another check
  }
}
