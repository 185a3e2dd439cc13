import { request } from '../api/request.ts';
import { type Session } from '../api/sessions.ts';
import { DataTable } from '../components/data-table.tsx';
import { Empty } from '../components/empty.tsx';
import { Loaded } from '../components/loaded.tsx';
import { Moment } from '../components/moment.tsx';
import { Panel } from '../components/panel.tsx';
import { Skeleton } from '../components/skeleton.tsx';
import { useResource } from '../components/use-resource.ts';

/** Conversations that a next request may go on with. */
export function SessionsTable() {
  const sessions = useResource('sessions', (signal) => request<{ data: readonly Session[] }>('/dashboard/api/sessions', { signal }), 5000);
  return (
    <Panel title="Sessions" flush>
      <Loaded resource={sessions} waiting={<Skeleton height={120} />}>
        {({ data }) =>
          data.length === 0 ? (
            <Empty title="No sessions.">
              <p>A request with the header “X-SheLLM-Session-ID: new” begins one.</p>
            </Empty>
          ) : (
            <DataTable
              caption="Sessions"
              tall
              rows={data}
              rowKey={({ id }) => id}
              columns={[
                { title: 'Session', cell: ({ id }) => <code title={id}>{id.slice(0, 8)}…</code> },
                { title: 'Client', cell: ({ client }) => client ?? '–', by: ({ client }) => client },
                { title: 'Provider', cell: ({ provider }) => provider ?? '–', by: ({ provider }) => provider },
                { title: 'Model', cell: ({ model }) => model ?? '–', by: ({ model }) => model },
                { title: 'Begun', cell: (session) => <Moment at={session.created_at} />, by: (session) => session.created_at },
                { title: 'Last turn', cell: (session) => <Moment at={session.last_used_at} />, by: (session) => session.last_used_at },
                { title: 'Ends', cell: (session) => <Moment at={session.expires_at} />, by: (session) => session.expires_at },
              ]}
            />
          )
        }
      </Loaded>
    </Panel>
  );
}
