import { existsSync, readFileSync } from 'node:fs';
import { homedir, userInfo } from 'node:os';
import { join } from 'node:path';
import { type Type } from '@nestjs/common';
import { type Installed, lookAtInstalled } from './installed.js';
import { dataDirOf } from '../config/data-dir-path.js';
import { type Environment } from '../config/environment.js';
import { type ReadEnvironment } from '../config/read-environment.js';
import { examineSettings } from '../config/settings.js';

export interface MachineOptions {
  readonly environment: Environment;
  /** Where a variable is set; unless told, in the environment itself. */
  readonly originOf?: ReadEnvironment['originOf'];
  /** The folder that the command was started in: `.env` and the configuration file may be there. */
  readonly workDir: string;
  readonly offline?: boolean;
  /** Where the files of the system lie, in place of `/`. */
  readonly root?: string;
  readonly platform?: NodeJS.Platform;
  readonly uid?: number | undefined;
}

/** What the checks look at: this machine as the gateway would find it. */
export class Machine {
  readonly environment: Environment;
  readonly originOf: ReadEnvironment['originOf'];
  readonly workDir: string;
  readonly offline: boolean;
  readonly platform: NodeJS.Platform;
  /** Undefined where users have no number. */
  readonly uid: number | undefined;
  readonly dataDir: string;
  readonly home: string;
  readonly #root: string;
  #installed: Promise<Installed> | undefined;

  constructor({ environment, originOf = () => 'environment', workDir, offline = false, root = '/', platform = process.platform, uid = process.getuid?.() }: MachineOptions) {
    this.environment = environment;
    this.originOf = originOf;
    this.workDir = workDir;
    this.offline = offline;
    this.platform = platform;
    this.uid = uid;
    this.#root = root;
    this.dataDir = dataDirOf(environment, platform);
    this.home = environment['HOME'] ?? homedir();
  }

  /** The name of its user, as `chown` takes it. */
  get userName(): string {
    try {
      return userInfo().username;
    } catch {
      return String(this.uid); // a container may run one that has no name
    }
  }

  /** The providers as the gateway would find them; looked at once. */
  get installed(): Promise<Installed> {
    return (this.#installed ??= lookAtInstalled(this.environment, this.workDir));
  }

  /** Settings as they are; the defaults in place of what is wrong with them: another check tells that. */
  settings<T extends object>(settings: Type<T>): T {
    const { instance, problems } = examineSettings(settings, (name) => this.environment[name]);
    return problems.length === 0 ? instance : new settings();
  }

  /** A file of the system; undefined where it is not there or not for us. */
  read(path: string): string | undefined {
    try {
      return readFileSync(this.path(path), 'utf8');
    } catch {
      return undefined;
    }
  }

  has(path: string): boolean {
    return existsSync(this.path(path));
  }

  /** Where a file of the system is. */
  path(path: string): string {
    return join(this.#root, path);
  }
}
