import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { type Environment } from './environment.js';

export interface ReadEnvironment {
  /** The process's own, and what `.env` says beside. */
  readonly environment: Environment;
  /** Where a variable is set. */
  readonly originOf: (name: string) => 'environment' | '.env' | undefined;
}

/** The gateway's environment without Nest: for what has to know it before there is a Nest, or without one. */
export function readEnvironment(workDir: string = process.cwd()): ReadEnvironment {
  const [own, file] = [{ ...process.env }, readEnvFile(join(workDir, '.env'))];
  return {
    environment: { ...file, ...own },
    originOf: (name) => (own[name] !== undefined ? 'environment' : file[name] !== undefined ? '.env' : undefined),
  };
}

function readEnvFile(path: string): Environment {
  try {
    return parseEnv(readFileSync(path, 'utf8'));
  } catch {
    return {}; // there is none
  }
}
