import { type Live } from '../api/live.ts';
import { DataTable } from '../components/data-table.tsx';
import { Empty } from '../components/empty.tsx';
import { Panel } from '../components/panel.tsx';

/** The CLIs' processes: all that run, and those that are ready for the next request. */
export function Processes({ live: { providers = [], kept } }: { readonly live: Live }) {
  return (
    <Panel title="Processes" note={kept && `${kept.processes} of at most ${kept.max} kept for a conversation's next turn`} flush>
      {providers.length === 0 ? (
        <Empty title="No CLI is switched on." />
      ) : (
        <DataTable
          caption="Processes by provider"
          rows={providers}
          rowKey={({ id }) => id}
          columns={[
            { title: 'Provider', cell: ({ id }) => id },
            { title: 'Running', numeric: true, cell: ({ running = 0 }) => running },
            { title: 'Of these warm', numeric: true, cell: ({ warm = 0 }) => warm },
          ]}
        />
      )}
    </Panel>
  );
}
