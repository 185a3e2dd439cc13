import { type Installation } from '../../providers/installation.js';
import { isAtLeast, minimumVersions, testedVersions } from '../../providers/minimum-versions.js';
import { ProviderSettings } from '../../providers/provider-settings.js';
import { type ProviderStatus } from '../../providers/provider.js';
import { type Check } from '../check.js';
import { fault, type Finding, note, ok, warning } from '../finding.js';
import { type FoundProvider } from '../installed.js';
import { type Machine } from '../machine.js';

/** A CLI that the gateway knows by name. */
export interface Cli {
  readonly id: keyof typeof minimumVersions;
  readonly name: string;
  readonly package: string;
  /** How its login is made. */
  readonly login: string;
  readonly executable: string;
}

export const clis: readonly Cli[] = [
  { id: 'claude', name: 'Claude Code', package: '@anthropic-ai/claude-code', login: 'claude, then /login', executable: 'SHELLM_CLAUDE_BIN' },
  { id: 'gemini', name: 'Gemini CLI', package: '@google/gemini-cli', login: 'gemini, then "Login with Google"', executable: 'SHELLM_GEMINI_BIN' },
  { id: 'codex', name: 'Codex CLI', package: '@openai/codex', login: 'codex login', executable: 'SHELLM_CODEX_BIN' },
];

/** Is there one that is used, is it of a version that is known, and does it start? */
export const cliChecks: readonly Check[] = clis.map((cli) => ({
  id: cli.id,
  title: cli.name,
  group: 'providers',
  look: async (machine) => {
    const found = await providerOf(machine, cli.id);
    if (!found?.installation) return undefined;
    const { command, version } = found.installation;
    if (command === undefined) return isWanted(machine, cli) ? fault('it is not installed', install(cli)) : note('it is not installed', install(cli));
    if (version !== undefined) return judgeVersion(cli, command, version);
    // Gemini CLI tells it when it is connected, where its package does not.
    return found.status?.status === 'ready' ? ok(command) : fault(`${command} does not start, or tells no version`, `${command} --version`);
  },
}));

/** Whoever has installed a CLI, or names it, means to use it. */
export const loginChecks: readonly Check[] = clis.map((cli) => ({
  id: `${cli.id}-login`,
  title: `login of ${cli.name}`,
  group: 'providers',
  look: async (machine) => {
    const found = await providerOf(machine, cli.id);
    if (!found?.status?.installed || !found.installation) return undefined;
    return judgeLogin(cli, found.status, found.installation, Date.now());
  },
}));

export function judgeVersion(cli: Cli, command: string, version: string): Finding {
  const [least, tested] = [minimumVersions[cli.id], testedVersions[cli.id]];
  if (!isAtLeast(version, least)) return fault(`${version} (${command}) is too old: ${least} or later is needed`, install(cli));
  return version !== tested && isAtLeast(version, tested) ? note(`${version} (${command}) is newer than ${tested}, the newest that is tested`) : ok(`${version} (${command})`);
}

export function judgeLogin(cli: Cli, { authenticated, detail }: ProviderStatus, { keyVariable, login, loginFiles }: Installation, now: number): Finding {
  if (keyVariable !== undefined) {
    if (login === undefined) return ok(`${keyVariable} is billed`);
    return warning(`${keyVariable} is billed, although there is a login of a subscription`, `unset ${keyVariable}, where the subscription is to serve`);
  }
  if (!authenticated) return fault(detail ?? 'it is not logged in', cli.login);
  if (login?.expiresAt === undefined) return ok(login || loginFiles.length === 0 ? 'there is one' : 'there is one, which tells no time');
  return judgeTerm(cli, login.expiresAt - now, login.renewable);
}

/** @param left how long its access still lasts; below zero: it is over */
function judgeTerm(cli: Cli, left: number, renewable: boolean): Finding {
  if (left > 0) return ok(`valid for ${spanOf(left)}${renewable ? ', renewed by itself' : ''}`);
  const ended = `ended ${spanOf(-left)} ago`;
  if (!renewable) return fault(`it ${ended} and cannot be renewed`, cli.login);
  return -left > LONG_UNUSED_MS
    ? warning(`it ${ended}; whether it can still be renewed, the next turn tells`, cli.login)
    : ok(`its access ${ended}, and is renewed at the next turn`);
}

const LONG_UNUSED_MS = 14 * 86_400_000;

export async function providerOf(machine: Machine, id: string): Promise<FoundProvider | undefined> {
  const installed = await machine.installed;
  return 'problem' in installed ? undefined : installed.providers.find((provider) => provider.id === id);
}

function isWanted(machine: Machine, { id, executable }: Cli): boolean {
  return (machine.environment[executable] ?? '') !== '' || machine.settings(ProviderSettings).providers?.includes(id) === true;
}

function install(cli: Cli): string {
  return `npm install -g ${cli.package}@${testedVersions[cli.id]}`;
}

function spanOf(ms: number): string {
  const minutes = Math.max(1, Math.round(ms / 60_000));
  if (minutes < 120) return `${minutes} min`;
  const hours = Math.round(minutes / 60);
  return hours < 72 ? `${hours} h` : `${Math.round(hours / 24)} days`;
}
