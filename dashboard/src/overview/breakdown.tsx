import { type Named } from '../api/overview.ts';
import { type Column, DataTable } from '../components/data-table.tsx';
import { Panel } from '../components/panel.tsx';
import { compact, dollars, exact, milliseconds, percent } from '../format/numbers.ts';

interface BreakdownProps {
  /** What the rows are. */
  readonly name: 'client' | 'provider' | 'model';
  readonly title: string;
  readonly rows: readonly Named[];
  readonly chosen: string | null;
  readonly onChoose: (name: string | undefined) => void;
}

/** The figures by client, provider or model; a name is a filter for all that the page shows. */
export function Breakdown({ name, title, rows, chosen, onChoose }: BreakdownProps) {
  const choose = (row: Named) => {
    onChoose(row.name === chosen ? undefined : (row.name ?? undefined));
  };
  const first: Column<Named> = {
    title: name.charAt(0).toUpperCase() + name.slice(1),
    cell: (row) =>
      row.name === null ? (
        <span class="muted">none found</span>
      ) : (
        <button
          type="button"
          class="link-button"
          aria-pressed={row.name === chosen}
          title={row.name === chosen ? 'Show all again' : `Show only this ${name}`}
          onClick={() => {
            choose(row);
          }}
        >
          {row.name}
        </button>
      ),
    by: (row) => row.name,
  };
  return (
    <Panel title={title} flush>
      <DataTable caption={title} columns={[first, ...figures]} rows={rows} rowKey={(row) => row.name ?? ''} chosen={(row) => row.name !== null && row.name === chosen} />
    </Panel>
  );
}

const figures: readonly Column<Named>[] = [
  { title: 'Requests', numeric: true, cell: (row) => exact(row.requests), by: (row) => row.requests },
  { title: 'Errors', numeric: true, cell: (row) => <ErrorRate row={row} />, by: (row) => row.errors / row.requests },
  { title: 'p50', numeric: true, cell: (row) => (row.latency_ms ? milliseconds(row.latency_ms.p50) : '–'), by: (row) => row.latency_ms?.p50 },
  { title: 'p95', numeric: true, cell: (row) => (row.latency_ms ? milliseconds(row.latency_ms.p95) : '–'), by: (row) => row.latency_ms?.p95 },
  { title: 'Tokens', numeric: true, cell: (row) => <span title={exact(tokens(row))}>{compact(tokens(row))}</span>, by: tokens },
  { title: 'Cost', numeric: true, cell: (row) => dollars(row.cost_usd), by: (row) => row.cost_usd },
];

function tokens(row: Named): number {
  return row.prompt_tokens + row.completion_tokens;
}

function ErrorRate({ row: { errors, requests } }: { readonly row: Named }) {
  return (
    <span class={errors > 0 ? 'bad' : 'muted'} title={`${exact(errors)} of ${exact(requests)}`}>
      {percent(errors, requests)}
    </span>
  );
}
