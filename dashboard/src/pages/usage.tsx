import { useSignal } from '@preact/signals';
import { request } from '../api/request.ts';
import { Empty } from '../components/empty.tsx';
import { Icon } from '../components/icon.tsx';
import { Loaded } from '../components/loaded.tsx';
import { PageHead } from '../components/page-head.tsx';
import { Panel } from '../components/panel.tsx';
import { Skeleton } from '../components/skeleton.tsx';
import { useResource } from '../components/use-resource.ts';
import { downloadCsv } from '../download.ts';
import { lastDays, UsageFilter, type UsageQuestion } from '../usage/usage-filter.tsx';
import { groupings, usageCsv, usageQuery, type UsageRow } from '../usage/usage-table.ts';
import { UsageRows } from '../usage/usage-rows.tsx';
import '../usage/usage.css';

export function UsagePage() {
  const question = useSignal<UsageQuestion>({ ...lastDays(7), groups: ['client'] });
  const { from, to, groups } = question.value;
  const query = usageQuery(from, to, groups);
  const usage = useResource(query, async (signal) => (await request<{ data: readonly UsageRow[] }>(`/admin/usage?${query}`, { signal })).data);
  // While other rows are read, those that are there have other groups.
  const known = groupings.filter((group) => usage.data?.[0] && group in usage.data[0]);

  return (
    <>
      <PageHead title="Usage" lead="What completions took, in tokens and dollars. Days are UTC." />
      <UsageFilter
        question={question.value}
        onChange={(more) => {
          question.value = { ...question.value, ...more };
        }}
      />
      <Loaded resource={usage} waiting={<Skeleton height={240} />}>
        {(rows) =>
          rows.every(({ requests }) => requests === 0) ? (
            <Empty title="Nobody asked anything in this time.">
              <p class="muted">Each completion is counted here, failed ones too, a few seconds after it has ended.</p>
            </Empty>
          ) : (
            <Panel
              title="Usage"
              flush
              note="Costs are of the prices in shellm.config.yaml: a model without one costs nothing."
              actions={
                <button
                  type="button"
                  class="button"
                  data-size="small"
                  onClick={() => {
                    downloadCsv(`shellm-usage-${from || 'all'}-${to || 'now'}.csv`, usageCsv(rows, known));
                  }}
                >
                  <Icon name="download" />
                  CSV
                </button>
              }
            >
              <UsageRows rows={rows} groups={known} />
            </Panel>
          )
        }
      </Loaded>
    </>
  );
}
