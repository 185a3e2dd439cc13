import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { type Command } from 'commander';
import { encodeUsage, type UsageObject } from '../api/usage/usage-object.js';
import { ConfigModule } from '../config/config.module.js';
import { ObservabilityModule } from '../observability/observability.module.js';
import { Storage } from '../storage/storage.js';
import { StorageModule } from '../storage/storage.module.js';
import { groupings, parseQuestion, type UsageQuestion } from '../usage/usage-question.js';
import { UsageReport } from '../usage/usage-report.js';

@Module({ imports: [ConfigModule.forRoot(), ObservabilityModule, StorageModule] })
class UsageCommandModule {}

interface Options {
  readonly from?: string;
  readonly to?: string;
  readonly by?: string;
  readonly client?: string;
  readonly provider?: string;
  readonly model?: string;
  readonly json?: boolean;
}

/** `shellm usage`: over the gateway's own data, whether it runs or not; what one that runs has not written yet, a quarter of a second's, is missing. */
export function addUsageCommand(program: Command): void {
  program
    .command('usage')
    .description('what completions took, those that failed too')
    .option('--from <time>', 'a date or time (2026-11-01, UTC where it names no zone), or seconds since 1970')
    .option('--to <time>', 'the same, exclusive')
    .option('--by <fields>', `of ${groupings.join(', ')}; comma-separated`, 'client,model')
    .option('--client <name>', 'only what this client asked for')
    .option('--provider <id>', 'only what this provider was asked for')
    .option('--model <name>', 'only what this model was asked for')
    .option('--json', 'as JSON')
    .action(usage);
}

async function usage({ json = false, by, ...options }: Options): Promise<void> {
  // What stands between the lines of a program that reads this one is not the log's.
  process.env['LOG_LEVEL'] = 'silent';
  let app;
  try {
    const question = parseQuestion({ ...options, group_by: by });
    app = await NestFactory.createApplicationContext(UsageCommandModule, { logger: false, abortOnError: false });
    const sums = (await new UsageReport(app.get(Storage)).sums(question)).map(encodeUsage);
    process.stdout.write(json ? `${JSON.stringify(sums)}\n` : tableOf(question, sums));
  } catch (error) {
    process.stderr.write(`shellm: ${(error as Error).message}\n`);
    process.exitCode = 1;
  } finally {
    await app?.close();
  }
}

function tableOf({ groupBy }: UsageQuestion, sums: readonly UsageObject[]): string {
  if (!sums.some(({ requests }) => requests > 0)) return 'no usage in that time\n';
  const head = [...groupBy, 'requests', 'errors', 'prompt', 'cached', 'completion', 'dollars'];
  const rows = sums.map((sum) => [
    ...groupBy.map((each) => sum[each] ?? '-'),
    ...[sum.requests, sum.errors, sum.prompt_tokens, sum.cached_tokens, sum.completion_tokens].map(String),
    sum.cost_usd.toFixed(4),
  ]);
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)));
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, column) => (column < groupBy.length ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join('  ')
      .trimEnd();
  return [head, ...rows].map((cells) => `${line(cells)}\n`).join('');
}
