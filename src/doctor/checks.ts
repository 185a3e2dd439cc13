import { type Check } from './check.js';
import { exposure, keySecret, weakKeys } from './checks/access.js';
import { certificates } from './checks/certificates.js';
import { claudeHome } from './checks/claude-home.js';
import { cliChecks, loginChecks } from './checks/clis.js';
import { configuration, environmentFile, variableNames } from './checks/configuration.js';
import { dataFolder, diskSpace } from './checks/data-folder.js';
import { loginFileChecks } from './checks/login-files.js';
import { clock, vendors } from './checks/network.js';
import { nodeVersion } from './checks/node-version.js';
import { port } from './checks/port.js';
import { otherProviders, usableProviders } from './checks/providers.js';
import { memory, openFiles } from './checks/resources.js';
import { sandbox } from './checks/sandbox.js';
import { sharedLogins } from './checks/shared-logins.js';
import { database, redis } from './checks/stores.js';
import { systemdUnit } from './checks/systemd-unit.js';
import { temporaryFolders } from './checks/temporary-folders.js';
import { home, initProcess, user } from './checks/user.js';

/** All that `shellm doctor` looks at, in the order in which it is told. */
export const checks: readonly Check[] = [
  ...[nodeVersion, user, home, initProcess, temporaryFolders, memory, openFiles, port, systemdUnit],
  ...[configuration, variableNames, environmentFile],
  ...[dataFolder, diskSpace, database, redis],
  ...[usableProviders, ...cliChecks, ...loginChecks, ...loginFileChecks, claudeHome, otherProviders, sharedLogins],
  ...[vendors, certificates, clock],
  ...[exposure, keySecret, weakKeys, sandbox],
];
