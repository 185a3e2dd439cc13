import { inContext } from './in-context.js';
import { print, printJson } from './print.js';
import { tableOf } from './table.js';
import { encodeUsage, type UsageObject } from '../api/usage/usage-object.js';
import { Storage } from '../storage/storage.js';
import { StorageModule } from '../storage/storage.module.js';
import { parseQuestion, type UsageQuestion } from '../usage/usage-question.js';
import { UsageReport } from '../usage/usage-report.js';

export interface UsageOptions {
  readonly from?: string;
  readonly to?: string;
  readonly by?: string;
  readonly client?: string;
  readonly provider?: string;
  readonly model?: string;
  readonly json?: boolean;
}

export async function showUsage({ json = false, by, ...options }: UsageOptions): Promise<void> {
  const question = parseQuestion({ ...options, group_by: by });
  const sums = (await inContext([StorageModule], (app) => new UsageReport(app.get(Storage)).sums(question))).map(encodeUsage);
  if (json) printJson(sums);
  else if (!sums.some(({ requests }) => requests > 0)) print('no usage in that time');
  else process.stdout.write(sumTable(question, sums));
}

function sumTable({ groupBy }: UsageQuestion, sums: readonly UsageObject[]): string {
  const rows = sums.map((sum) => [
    ...groupBy.map((each) => sum[each] ?? '-'),
    ...[sum.requests, sum.errors, sum.prompt_tokens, sum.cached_tokens, sum.completion_tokens].map(String),
    sum.cost_usd.toFixed(4),
  ]);
  return tableOf(rows, { head: [...groupBy, 'requests', 'errors', 'prompt', 'cached', 'completion', 'dollars'], right: (column) => column >= groupBy.length });
}
