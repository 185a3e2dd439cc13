import { askHealth } from './ask-health.js';
import { CommandFailure } from './command-failure.js';
import { GatewayClient } from './gateway-client.js';
import { ownDataDir, runningGateway } from './gateway-process.js';
import { print, printJson } from './print.js';
import { withProgress } from './progress.js';
import { markOf, stateOf } from './provider-state.js';
import { tableOf } from './table.js';
import { readEnvironment } from '../config/read-environment.js';
import { type FoundProvider, lookAtInstalled } from '../doctor/installed.js';
import { type QuotaWindow } from '../kernel/quota.js';
import { type ProviderStatus } from '../providers/provider.js';

type Row = { readonly id: string; readonly version: string | null; readonly models: number; readonly quota: readonly QuotaWindow[] } & ProviderStatus;

/** Tells of every provider that is installed or configured, by the gateway that runs here, else by a look of our own. */
export async function providers(json: boolean): Promise<void> {
  const running = runningGateway(ownDataDir());
  const rows = await withProgress('looking …', async () => {
    const found = await look();
    return running ? askGateway(running.url, found) : found.flatMap(ownRow);
  });
  if (json) printJson({ source: running ? 'gateway' : 'machine', data: rows });
  else if (rows.length === 0) print('no provider is installed or configured; `shellm doctor` says what to do');
  else process.stdout.write(textOf(rows));
}

async function look(): Promise<readonly FoundProvider[]> {
  const found = await lookAtInstalled(readEnvironment().environment, process.cwd());
  if ('problem' in found) throw new CommandFailure(found.problem);
  return found.providers;
}

function ownRow({ id, status, models, installation }: FoundProvider): Row[] {
  return status ? [{ id, version: installation?.version ?? null, models, quota: [], ...status }] : [];
}

/** Versions are those of the programs that are found here: the gateway tells none. */
async function askGateway(url: string, found: readonly FoundProvider[]): Promise<Row[]> {
  const client = GatewayClient.find();
  const listed = async <T>(path: string): Promise<readonly T[]> => ((await (await client.ask(path)).json()) as { readonly data: readonly T[] }).data;
  const [health, models, quota] = await Promise.all([askHealth(url), listed<{ owned_by: string }>('/v1/models'), listed<{ provider: string } & QuotaWindow>('/quota')]);
  if (!health) throw new CommandFailure(`the gateway at ${url} does not answer; \`shellm logs\` may tell why`);
  return Object.entries(health.providers).map(([id, status]) => ({
    id,
    version: found.find((each) => each.id === id)?.installation?.version ?? null,
    models: models.filter(({ owned_by: owner }) => owner === id).length,
    quota: quota.filter(({ provider }) => provider === id),
    ...status,
  }));
}

function textOf(rows: readonly Row[]): string {
  const cells = rows.map((row) => [markOf(row.status === 'ready'), row.id, row.version ?? '-', String(row.models), row.quota.map(windowOf).join(', ') || '-', stateOf(row)]);
  return tableOf(cells, { head: ['', 'provider', 'version', 'models', 'limits', 'state'], right: (column) => column === 3 });
}

function windowOf({ window, used_percent: used, status }: QuotaWindow): string {
  return `${window} ${used === null ? status : `${Math.round(used)} %`}`;
}
