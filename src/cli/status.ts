import { EXIT } from './command-failure.js';
import { askHealth } from './ask-health.js';
import { type GatewayProcess, ownDataDir, runningGateway } from './gateway-process.js';
import { paint } from './paint.js';
import { print, printJson } from './print.js';
import { withProgress } from './progress.js';
import { markOf, stateOf } from './provider-state.js';
import { spanOf } from './span.js';
import { tableOf } from './table.js';
import { type HealthReport } from '../health/health.service.js';
import { residentMemory } from '../process-pool/resident-memory.js';

/** Tells how the gateway of the data folder is. */
export async function status(json: boolean): Promise<void> {
  const running = runningGateway(ownDataDir());
  if (!running) {
    if (json) printJson({ running: false });
    else print('not running');
    process.exitCode = EXIT.notRunning;
    return;
  }
  const health = await withProgress('asking …', () => askHealth(running.url));
  process.exitCode = health === undefined || health.status === 'unavailable' ? EXIT.unavailable : EXIT.ok;
  const memory = residentMemory(running.pid);
  if (json) printJson(asJson(running, health, memory));
  else process.stdout.write(asText(running, health, memory));
}

function asJson({ pid, url, version, started_at, background }: GatewayProcess, health: HealthReport | undefined, memory: number): object {
  const told = health && { uptime_seconds: health.uptime_seconds, providers: health.providers, capacity: health.capacity };
  return { running: true, status: health?.status ?? 'unresponsive', version, url, pid, background, started_at, memory_bytes: memory, ...told };
}

const colours = { ready: 'green', degraded: 'yellow', unavailable: 'red', unresponsive: 'red' } as const;

function asText({ pid, url, version, started_at: startedAt }: GatewayProcess, health: HealthReport | undefined, memory: number): string {
  const state = health?.status ?? 'unresponsive';
  const facts = [`pid ${pid}`, `up ${spanOf(Date.now() / 1000 - startedAt)}`, ...(memory > 0 ? [`${Math.round(memory / 1024 ** 2)} MB`] : [])];
  const lines = [`SheLLM ${version} at ${paint('cyan', url)}: ${paint(colours[state], state)}`, facts.join(', ')];
  if (!health) return `${[...lines, 'It does not answer; `shellm logs` may tell why.'].join('\n')}\n`;
  const { active, max, queued, max_queued: maxQueued, warm } = health.capacity;
  const providers = Object.entries(health.providers).map(([id, each]) => [markOf(each.status === 'ready'), id, stateOf(each)]);
  return `${[...lines, `turns: ${active} of ${max}, waiting: ${queued} of ${maxQueued}, warm: ${warm}`, ''].join('\n')}\n${tableOf(providers)}`;
}
