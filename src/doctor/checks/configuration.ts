import { basename } from 'node:path';
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { AuthSettings } from '../../auth/auth-settings.js';
import { parseClients } from '../../auth/parse-clients.js';
import { ConfigLocation } from '../../config/config-location.js';
import { ConfigurationError, examineSettings, settingsClasses } from '../../config/settings.js';
import { toldOf, unknownVariables } from '../../config/unknown-variables.js';
import { type Check } from '../check.js';
import { fault, type Finding, ok, warning } from '../finding.js';
import { type Machine } from '../machine.js';

/** Whether the gateway would start with it. */
export const configuration: Check = {
  id: 'configuration',
  title: 'settings',
  group: 'configuration',
  look: async (machine) => {
    const problems = await configurationProblems(machine);
    if (problems.length > 0) return problems.map(toFault);
    return ok(`${sourcesOf(machine).join(', ')}: every value is valid`);
  },
};

/** Every problem that can be told apart, else the one that would stop the start. */
export async function configurationProblems(machine: Machine): Promise<readonly string[]> {
  const problems = [...new Set([...variableProblems(machine), ...clientProblems(machine), ...fileProblems(machine)])];
  if (problems.length > 0) return problems;
  const installed = await machine.installed;
  return 'problem' in installed ? [installed.problem] : [];
}

export const variableNames: Check = {
  id: 'variables',
  title: 'names of variables',
  group: 'configuration',
  look: ({ environment }) => {
    const unknown = unknownVariables(environment);
    if (unknown.length === 0) return ok('none of SHELLM_… is mistyped');
    return unknown.map((each) => ({ ...warning(toldOf(each), `rename it to ${each.nearest}, or unset it`), about: each.name }));
  },
};

/** Keys are in it. */
export const environmentFile: Check = {
  id: 'environment-file',
  title: '.env',
  group: 'configuration',
  look: ({ workDir }) => {
    const path = join(workDir, '.env');
    const mode = statSync(path, { throwIfNoEntry: false })?.mode;
    if (mode === undefined) return undefined;
    return (mode & 0o077) === 0 ? ok(path) : warning(`${path} can be read by others: keys are in it`, `chmod 600 ${path}`);
  },
};

function variableProblems({ environment }: Machine): string[] {
  return [...settingsClasses].flatMap((settings) => examineSettings(settings, (name) => environment[name]).problems);
}

function clientProblems({ environment }: Machine): string[] {
  return problemOf(() => parseClients(environment['SHELLM_CLIENTS']?.trim() ? environment['SHELLM_CLIENTS'] : new AuthSettings().clients));
}

function fileProblems(machine: Machine): string[] {
  return problemOf(() => locationOf(machine).read());
}

function problemOf(read: () => unknown): string[] {
  try {
    read();
    return [];
  } catch (error) {
    if (error instanceof ConfigurationError) return [error.message];
    throw error;
  }
}

/** A problem begins with what is wrong: a variable, or a place in the file. */
function toFault(problem: string): Finding {
  const [, name, what] = /^([\w.-]+): (.*)$/s.exec(problem) ?? [];
  if (name === undefined || what === undefined) return fault(problem, 'shellm config');
  return { ...fault(what, name.endsWith('.yaml') ? `correct it in ${name}` : `correct ${name} in .env or the environment`), about: name };
}

function sourcesOf(machine: Machine): string[] {
  const file = locationOf(machine).candidates.find((path) => existsSync(path));
  return ['the environment', ...(existsSync(join(machine.workDir, '.env')) ? ['.env'] : []), ...(file === undefined ? [] : [basename(file)])];
}

function locationOf({ environment, dataDir, workDir }: Machine): ConfigLocation {
  return new ConfigLocation(environment, dataDir, workDir);
}
