import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { dataDirOf } from '../config/data-dir-path.js';
import { readEnvironment } from '../config/read-environment.js';
import { type ProcessRecord, readFile } from '../process-pool/process-file.js';

/** What a running server says of itself in the data folder. */
export interface GatewayDetails {
  readonly url: string;
  readonly version: string;
  /** Seconds since 1970. */
  readonly started_at: number;
  /** How long running answers may finish when it is stopped. */
  readonly grace_ms: number;
  /** By `shellm start`: its log is in the data folder. */
  readonly background: boolean;
}

export type GatewayProcess = ProcessRecord<GatewayDetails>;

/** Where the data folder has what is of the process. */
export function processFiles(dataDir: string): { readonly pid: string; readonly starting: string; readonly log: string } {
  return { pid: join(dataDir, 'shellm.pid'), starting: join(dataDir, 'shellm.starting'), log: join(dataDir, 'logs', 'shellm.log') };
}

/** The data folder that the environment and `.env` name. */
export function ownDataDir(): string {
  return dataDirOf(readEnvironment().environment);
}

/** The gateway that runs on a data folder, if one does. */
export function runningGateway(dataDir: string): GatewayProcess | undefined {
  return readFile<GatewayDetails>(processFiles(dataDir).pid);
}

/** Whether a gateway has ever run on a data folder: only one makes the folder for its children. */
export function wasServed(dataDir: string): boolean {
  return existsSync(join(dataDir, 'run'));
}
