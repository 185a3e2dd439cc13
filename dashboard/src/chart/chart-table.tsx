import { useSignal } from '@preact/signals';
import { DataTable } from '../components/data-table.tsx';
import { bucketLabel } from './axis.ts';
import { type ChartData } from './series.ts';

interface ChartTableProps {
  readonly title: string;
  readonly data: ChartData;
  readonly bucketSeconds: number;
  readonly write: (value: number) => string;
}

/** What the chart shows, for whoever rather reads it; made when it is opened. */
export function ChartTable({ title, data: { starts, series }, bucketSeconds, write }: ChartTableProps) {
  const open = useSignal(false);
  return (
    <details class="chart-table" onToggle={(event) => (open.value = event.currentTarget.open)}>
      <summary>As a table</summary>
      {open.value && (
        <DataTable
          caption={`${title}, as a table`}
          tall
          rows={starts.map((start, at) => ({ start, at }))}
          rowKey={({ start }) => String(start)}
          columns={[
            { title: 'From', cell: ({ start }) => bucketLabel(start, bucketSeconds), by: ({ start }) => start },
            ...series.map(({ label, values }) => ({
              title: label,
              numeric: true,
              cell: ({ at }: { at: number }) => written(values[at], write),
              by: ({ at }: { at: number }) => values[at],
            })),
          ]}
        />
      )}
    </details>
  );
}

function written(value: number | null | undefined, write: (value: number) => string): string {
  return value === null || value === undefined ? '–' : write(value);
}
