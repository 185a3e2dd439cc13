import { useSignal } from '@preact/signals';
import { useLocation, useSearch } from 'wouter-preact';
import { shown } from '../api/api-error.ts';
import { request } from '../api/request.ts';
import { Empty } from '../components/empty.tsx';
import { Icon } from '../components/icon.tsx';
import { Loaded } from '../components/loaded.tsx';
import { notify } from '../components/notices.tsx';
import { PageHead } from '../components/page-head.tsx';
import { Panel } from '../components/panel.tsx';
import { Skeleton } from '../components/skeleton.tsx';
import { useResource } from '../components/use-resource.ts';
import { RequestDetails } from '../requests/request-details.tsx';
import { RequestFilters } from '../requests/request-filters.tsx';
import { filterOf, type LoggedRequest, requestQuery, searchOf } from '../requests/request-log.ts';
import { RequestRows } from '../requests/request-rows.tsx';
import '../requests/requests.css';

interface LogPage {
  readonly data: readonly LoggedRequest[];
  /** Where the older ones begin; null: there are none. */
  readonly next: string | null;
}

export function RequestsPage() {
  const search = useSearch();
  const [, go] = useLocation();
  const filter = filterOf(search);
  const chosen = useSignal<LoggedRequest>();
  const page = useResource(`requests ${search}`, (signal) => request<LogPage>(`/dashboard/api/requests?${requestQuery(filter)}`, { signal }));

  return (
    <>
      <PageHead title="Requests" lead="Every completion, the newest first. What was said is not kept.">
        <button type="button" class="button" onClick={page.reload} disabled={page.loading}>
          <Icon name="refresh" />
          Refresh
        </button>
      </PageHead>
      <RequestFilters
        filter={filter}
        onChange={(changed) => {
          go(`/requests${searchOf(changed)}`, { replace: true });
        }}
      />
      <Loaded resource={page} waiting={<Skeleton height={360} />}>
        {(first) => (
          <Older
            key={`${search} ${page.at ?? 0}`}
            first={first}
            load={(before) => request<LogPage>(`/dashboard/api/requests?${requestQuery(filter, before)}`)}
            chosen={chosen.value}
            onChoose={(picked) => (chosen.value = picked)}
          />
        )}
      </Loaded>
      {chosen.value && <RequestDetails request={chosen.value} onClose={() => (chosen.value = undefined)} />}
    </>
  );
}

interface OlderProps {
  readonly first: LogPage;
  readonly load: (before: string) => Promise<LogPage>;
  readonly chosen: LoggedRequest | undefined;
  readonly onChoose: (request: LoggedRequest) => void;
}

/** A page of the log, and the older ones that were asked for. */
function Older({ first, load, chosen, onChoose }: OlderProps) {
  const all = useSignal(first);
  const busy = useSignal(false);
  const { data, next } = all.value;
  const more = async (before: string): Promise<void> => {
    busy.value = true;
    try {
      const older = await load(before);
      all.value = { data: [...data, ...older.data], next: older.next };
    } catch (error) {
      notify(shown(error).message);
    } finally {
      busy.value = false;
    }
  };
  if (data.length === 0) {
    return (
      <Empty title="No such requests.">
        <p class="muted">A completion stands here a few seconds after it has ended.</p>
      </Empty>
    );
  }
  return (
    <Panel title={`${data.length}${next === null ? '' : '+'} requests`} flush>
      <RequestRows requests={data} chosen={chosen} onChoose={onChoose} />
      {next !== null && (
        <div class="table-more">
          <button type="button" class="button" disabled={busy.value} onClick={() => void more(next)}>
            Older
          </button>
        </div>
      )}
    </Panel>
  );
}
