import { type Live } from '../api/live.ts';
import { DataTable } from '../components/data-table.tsx';
import { Panel } from '../components/panel.tsx';

/** The CLIs' processes: at work, and ready for the next request. */
export function Processes({ live: { providers = [], kept } }: { readonly live: Live }) {
  return (
    <Panel title="Processes" note={kept && `${kept.processes} of at most ${kept.max} kept for a conversation's next turn`} flush>
      {providers.length === 0 ? (
        <p class="muted panel-body">No CLI runs here.</p>
      ) : (
        <DataTable
          caption="Processes by provider"
          rows={providers}
          rowKey={({ id }) => id}
          columns={[
            { title: 'Provider', cell: ({ id }) => id },
            { title: 'At work', numeric: true, cell: ({ running = 0 }) => running },
            { title: 'Warm', numeric: true, cell: ({ warm = 0 }) => warm },
          ]}
        />
      )}
    </Panel>
  );
}
